import type { ComposerFacts } from '../core/composer.ts';
import { usageError } from '../core/failure.ts';
import type { ScreenFacts } from '../screen/declared/facts.ts';
import { declared } from '../screen/declared/reader.ts';
import type { AgentProgram } from './agent-program.ts';
import type { CustomAgent } from './custom-schema.ts';
import { generic } from './generic.ts';

/**
 * An agent program from bridge.yaml: one of the catalogue with some facts changed, one that extends it, one made of facts
 * alone, or, where it says nothing of the screen, `generic` by another name.
 * @throws BridgeError where the facts do not make a program
 */
export function customProgram(name: string, mine: CustomAgent, catalogue: readonly AgentProgram[]): AgentProgram {
  const base = findBase(name, mine, catalogue);
  const composer = composerOf(name, mine, base);
  const programs = mine.programs ?? (base && base.name === name ? base.programs : [name]);
  if (mine.screen === undefined) {
    if (base === undefined || base.name === 'generic') return { ...generic, programs, composer };
    if (base.screen.facts === undefined) return { ...base, programs, composer };
    return { ...base, name, programs, composer, screen: declared(name, base.screen.facts) };
  }
  if (base !== undefined && base.screen.facts === undefined) {
    throw refused(
      name,
      'screen',
      `${base.name}'s screen is read by code and takes no facts; programs, bracketed and composer may be changed`,
    );
  }
  const screen = merged(base?.screen.facts ?? {}, mine.screen) as unknown as Partial<ScreenFacts>;
  return { seenWith: [], ...base, name, programs, composer, screen: declared(name, whole(name, screen)) };
}

function findBase(name: string, mine: CustomAgent, catalogue: readonly AgentProgram[]): AgentProgram | undefined {
  const base = catalogue.find((program) => program.name === (mine.extends ?? name));
  if (mine.extends !== undefined && base === undefined) {
    const names = catalogue.map((program) => program.name).join(', ');
    throw refused(name, 'extends', `unknown agent program ${mine.extends}; known: ${names}`);
  }
  return base;
}

function composerOf(
  name: string,
  { bracketed, manner, composer }: CustomAgent,
  base: AgentProgram | undefined,
): ComposerFacts {
  const known = base?.composer ?? generic.composer;
  const given = Object.fromEntries(
    Object.entries({ ...manner, ...composer }).filter(([, value]) => value !== undefined),
  );
  return { ...known, ...given, agent: name, bracketed: bracketed ?? known.bracketed };
}

/** Maps are joined key by key; anything else is replaced. */
function merged(base: object, changes: object): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const before = result[key];
    const isMap = (one: unknown): one is object => typeof one === 'object' && one !== null && !Array.isArray(one);
    result[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
  }
  return result;
}

/** What a screen cannot be read without. */
function whole(name: string, screen: Partial<ScreenFacts>): ScreenFacts {
  const { composer, transcript } = screen;
  const missing = (key: string) =>
    refused(name, `screen.${key}`, 'is missing: an agent program that extends none needs it');
  if (composer?.prompt === undefined) throw missing('composer.prompt');
  if (composer.top !== undefined && composer.bottom === undefined) throw missing('composer.bottom');
  if (transcript?.input === undefined) throw missing('transcript.input');
  return {
    ...screen,
    composer: { ...composer, below: composer.below ?? 4, cursor: composer.cursor ?? 'shown' },
    transcript: { ...transcript, gutter: transcript.gutter ?? 0 },
    dialogs: screen.dialogs ?? [],
    quietMs: screen.quietMs ?? 1000,
    quietAloneMs: screen.quietAloneMs ?? 2000,
  };
}

function refused(name: string, key: string, reason: string) {
  return usageError(
    'bridge.yaml',
    `agents.${name}.${key}`,
    reason,
    'docs/reference/agent-programs.md describes the facts',
  );
}
