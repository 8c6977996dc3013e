import { expect, test } from 'vitest';
import { programOf } from '../../bridge/agent-programs/index.ts';
import { type Look, submitted } from '../../bridge/delivery/evidence.ts';
import { snapshotOf } from '../screen/snapshots.ts';

/**
 * The same text again, answered in the same words before anybody looked: screens of 120 by 40 as `npm run deliveries` left
 * them where the text had arrived and ended `uncertain`.
 */
type Agent = 'claude' | 'codex' | 'kimi';

function lookAt(agent: Agent, rows: readonly string[], draft: string): Look {
  const cursorY = rows.findLastIndex((row) => /^(?: │ >|❯|\x1b\[1m›)/.test(row));
  const facts = { width: 120, height: 40, alternateScreen: agent !== 'kimi', cursorX: 2 + draft.length, cursorY };
  const snapshot = snapshotOf(rows, { ...facts, title: 'Read the queue | work' });
  return { snapshot, reading: programOf(null, { agent }).screen.read(snapshot, { quietForMs: 10_000, signals: {} }) };
}

const rule = '─'.repeat(120);

interface Drawing {
  /** what stands above the first input that is on the screen */
  readonly top: readonly string[];
  turn(text: string, nth: number): readonly string[];
  composer(draft: string): readonly string[];
}

const verbs = ['Baked', 'Crunched', 'Cogitated', 'Worked', 'Cooked', 'Churned'];

const drawings: Record<Agent, Drawing> = {
  claude: {
    top: [' ▐▛███▛█   Claude Code v2.1.332', '▝▜██████▀  Opus 5.5 · API Usage Billing', ' ▝▝   ▝▝   /work', '', ''],
    turn: (text, nth) => [
      `❯ ${text}`,
      '',
      `● Understood: ${text}`,
      '',
      `✻ ${verbs[nth % verbs.length]} for 0s · done 3:14 AM`,
      '',
    ],
    composer: (draft) => [rule, `❯\u00a0${draft}`, rule, '  ⏸ manual mode on · ? for shortcuts'],
  },
  codex: {
    top: ['', '  >_ OpenAI Codex (v0.171.0)', '     /work', '', ''],
    turn: (text) => [
      `\x1b[1;2m›\x1b[22m ${text}`,
      '',
      '',
      `• Understood: ${text}`,
      '',
      '  Worked for <1s • 03:13',
      '',
      '',
    ],
    composer: (draft) => [
      '',
      `\x1b[1m›\x1b[22m ${draft === '' ? '\x1b[2mAsk Codex to do anything\x1b[22m' : draft}`,
      '',
      '  scripted-model default · /work',
      '  ← for agents · ? for shortcuts',
    ],
  },
  kimi: {
    top: ['   No session yet — one will be created on your first message.', ''],
    turn: (text) => [` ✨ ${text}`, '', ` ● Understood: ${text}`, ''],
    composer: (draft) => [
      ` ╭${'─'.repeat(116)}╮`,
      ` │ > ${draft.padEnd(112)}│`,
      ` ╰${'─'.repeat(116)}╯`,
      ' scripted-model  /work  master                                                         /model: switch model',
      '                                                                                       context: 1% (120/125k)',
    ],
  },
};

/** A screen after so many turns, whose first `gone` rows have scrolled away. */
function screen(agent: Agent, text: string, turns: number, { draft = '', gone = 0 } = {}): Look {
  const { top, turn, composer } = drawings[agent];
  const said = Array.from({ length: turns }, (_, nth) => turn(text, nth)).flat();
  return lookAt(agent, [...[...top, ...said].slice(gone), ...composer(draft)], draft);
}

interface Moments {
  readonly before: Look;
  readonly ready: Look;
  readonly after: Look;
  readonly isOurs?: boolean;
}

function judge(agent: Agent, text: string, { before, ready, after, isOurs = true }: Moments) {
  const moment = { before, ready, isOurs, worked: false };
  return submitted(moment, after, text, programOf(null, { agent }).composer);
}

const texts = ['The folder to use is $HOME', 'README.md'] as const;
const emptied = 'composer-emptied-and-echoed';

test.each(['claude', 'codex', 'kimi'] as const)(
  '%s: an equal input below all that was said is another one',
  (agent) => {
    for (const text of texts) {
      const before = screen(agent, text, 2);
      const ready = screen(agent, text, 2, { draft: text });
      expect(ready.reading.composer).toMatchObject({ is: 'draft', text });
      const after = screen(agent, text, 3);
      expect(after.reading).toMatchObject({ composer: { is: 'empty' }, turn: { inputs: [text, text, text] } });
      expect(judge(agent, text, { before, ready, after })).toBe(emptied);
      // somebody has pressed a key since
      expect(judge(agent, text, { before, ready, after, isOurs: false })).toBeNull();
      // emptied, and nothing came
      expect(judge(agent, text, { before, ready, after: before })).toBeNull();
      // it stood there as Enter was pressed: an equal one of somebody else's
      expect(judge(agent, text, { before, ready: screen(agent, text, 3, { draft: text }), after })).toBeNull();
    }
  },
);

test('what has scrolled away at the top is made up for by rows that tell one turn from another', () => {
  const [text] = texts;
  const look = (turns: number, gone: number, draft = '') => screen('claude', text, turns, { gone, draft });
  const full = { before: look(5, 5), ready: look(5, 5, text) };
  expect(judge('claude', text, { ...full, after: look(6, 11) })).toBe(emptied);
  // more of the past above, and nothing below
  expect(judge('claude', text, { before: look(5, 11), ready: look(5, 11, text), after: look(5, 5) })).toBeNull();
});

test('equal turns that fill the screen do not tell which of them is new', () => {
  const [text] = texts;
  const look = (turns: number, draft = '') => screen('kimi', text, turns, { gone: 2, draft });
  const full = { before: look(5), ready: look(5, text) };
  expect(judge('kimi', text, { ...full, after: full.before })).toBeNull();
  // one more may have come at either end
  expect(judge('kimi', text, { ...full, after: look(6) })).toBeNull();
});

test('an answer that begins with the words of the input is no input', () => {
  const text = 'README.md';
  const { top, turn, composer } = drawings.claude;
  const look = (rows: readonly string[], draft = '') =>
    lookAt('claude', [...top, ...turn(text, 0), ...rows, ...composer(draft)], draft);
  const moments = { before: look([]), ready: look([], text) };
  expect(judge('claude', text, { ...moments, after: look(turn(text, 1)) })).toBe(emptied);
  for (const row of [`● ${text}`, `● Understood: ${text}`, `  ${text}`])
    expect(judge('claude', text, { ...moments, after: look([row, '']) })).toBeNull();
});
