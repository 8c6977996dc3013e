import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import type { ScreenFacts } from '../../bridge/screen/declared/facts.ts';
import { declared } from '../../bridge/screen/declared/reader.ts';
import { allRecorded, snapshotOfRecorded } from '../screen/snapshots.ts';

/**
 * Every fact of an agent program that was seen live is needed: without it some recorded screen reads otherwise, as it stands, or
 * under a title that somebody else set, or with other words below its composer.
 */
const still = { quietForMs: Number.POSITIVE_INFINITY, signals: {} };

/** What no screen can show to be needed, and why it is there. */
const kept: Readonly<Record<string, readonly string[]>> = {
  // a footer that is cut: on every recorded screen with one a status stands too, and none does while a paragraph streams
  // how its frames end tells when to look, and nothing of what is seen: claude-frames.test.ts
  claude: ['busy.footer.1', 'frameEnd'],
  // an approval shows what the title says too; a title without its dialog must not read as anything else
  qwen: ['title.dialog'],
  // a rule of dashes in the transcript would be a composer, were it the last thing on a screen
  // a view that was scrolled back has a test of its own, screens.test.ts
  pi: ['composer.footer', 'scrolledBack'],
  // a promotion that nobody has recorded lies over the composer like the one that is
  cline: ['composer.footer', 'dialogs.3'],
  continue: ['composer.footer'],
  // the words and the sign of its busy row each say so alone, and in a narrow pane the words wrap: to type into its turn is worse
  opencode: ['busy.footer.0', 'busy.footer.1'],
  kilo: ['busy.footer.0'],
  // the box for the words of a refusal looks like the composer, and has no such row below it
  grok: ['composer.footer'],
  // a message that waits for the end of something else than a turn, which its hint says there is; tests/screen/drafts.test.ts has its box drawn twice
  kimi: ['composer.chrome', 'queue'],
};

test.each(['claude', 'opencode', 'qwen', 'pi', 'cline', 'continue', 'copilot', 'grok', 'kimi', 'kilo'])(
  'each fact of %s is needed by a recorded screen',
  (agent) => {
    const program = programOf(agent);
    const screens = allRecorded
      .filter((screen) => screen.agent === agent)
      .map(snapshotOfRecorded)
      .flatMap((screen) => [screen, { ...screen, facts: { ...screen.facts, title: 'my terminal' } }]);
    const before = screens.map((screen) => readingOf(program.screen.facts!, screen));
    const readingOfAll = (facts: ScreenFacts) => screens.map((screen) => readingOf(facts, screen));
    function readingOf(facts: ScreenFacts, screen: (typeof screens)[number]): string {
      const { state, composer, dialog, turn } = declared(agent, facts).read(screen, still);
      return JSON.stringify([state, composer, dialog, turn]);
    }
    const unneeded = without(program.screen.facts!)
      .filter(({ facts }) => readingOfAll(facts).every((reading, at) => reading === before[at]))
      .map(({ name }) => name);
    expect(unneeded).toEqual(kept[agent] ?? []);
  },
);

interface Cut {
  readonly name: string;
  readonly facts: ScreenFacts;
}

/** The facts without one of their optional patterns or list entries, each in turn. */
function without(facts: ScreenFacts): Cut[] {
  const cuts: Cut[] = [];
  const cutAt = (name: string, change: (copy: Record<string, unknown>) => void) => {
    const copy = structuredClone(facts) as unknown as Record<string, unknown>;
    change(copy);
    cuts.push({ name, facts: copy as unknown as ScreenFacts });
  };
  const walk = (node: Record<string, unknown>, path: readonly string[]) => {
    for (const [key, value] of Object.entries(node)) {
      const here = [...path, key];
      const name = here.join('.');
      if (typeof value === 'string') {
        if (!required.test(name)) cutAt(name, (copy) => Reflect.deleteProperty(nodeAt(copy, path), key));
      } else if (Array.isArray(value)) {
        value.forEach((_, at) => {
          cutAt(`${name}.${at}`, (copy) => (nodeAt(copy, here) as unknown as unknown[]).splice(at, 1));
        });
      } else if (typeof value === 'object' && value !== null) walk(value as Record<string, unknown>, here);
    }
  };
  walk(facts as unknown as Record<string, unknown>, []);
  return cuts;
}

/** Without these it is no agent program. */
const required = /^composer\.(?:top|bottom|row|prompt|cursor)$|^transcript\.(?:input|block)$/;

function nodeAt(root: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  return path.reduce((node, key) => node[key] as Record<string, unknown>, root);
}
