import { wrongUse } from '../core/failure.ts';
import type { Manner } from '../core/manner.ts';
import type { ScreenFacts } from '../screen/declared/facts.ts';
import { declared } from '../screen/declared/reader.ts';
import type { Profile } from '../screen/screen-reader.ts';
import type { OwnAgent } from './custom-schema.ts';
import { genericProfile } from './generic.ts';
import { genericManner } from './manners.ts';

/**
 * A profile from bridge.yaml: a built-in one with some facts changed, one that extends a built-in, one made of facts
 * alone, or, where it says nothing of the screen, `generic` by another name.
 * @throws BridgeError where the facts do not make a profile
 */
export function ownProfile(name: string, mine: OwnAgent, builtIns: readonly Profile[]): Profile {
  const base = findBase(name, mine, builtIns);
  const manner = mannerOf(name, mine, base);
  const programs = mine.programs ?? (base && base.name === name ? base.programs : [name]);
  if (mine.screen === undefined) {
    if (base === undefined || base.name === 'generic') {
      return { ...genericProfile(mine.bracketed === undefined ? {} : { bracketed: mine.bracketed }), programs, manner };
    }
    if (base.screen === undefined) return { ...base, programs, manner };
    return declared({ name, programs, manner, screen: base.screen });
  }
  if (base !== undefined && base.screen === undefined) {
    throw refused(
      name,
      'screen',
      `${base.name}'s screen is read by code and takes no facts; programs, bracketed and manner may be changed`,
    );
  }
  const screen = merged(base?.screen ?? {}, mine.screen) as unknown as Partial<ScreenFacts>;
  return declared({ name, programs, manner, screen: whole(name, screen) });
}

function findBase(name: string, mine: OwnAgent, builtIns: readonly Profile[]): Profile | undefined {
  const base = builtIns.find((profile) => profile.name === (mine.extends ?? name));
  if (mine.extends !== undefined && base === undefined) {
    const names = builtIns.map((profile) => profile.name).join(', ');
    throw refused(name, 'extends', `there is no profile ${mine.extends}; there are ${names}`);
  }
  return base;
}

function mannerOf(name: string, { bracketed, manner }: OwnAgent, base: Profile | undefined): Manner {
  const known = base?.manner ?? genericManner;
  const given = Object.fromEntries(Object.entries(manner ?? {}).filter(([, value]) => value !== undefined));
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

/** What a profile cannot do without. */
function whole(name: string, screen: Partial<ScreenFacts>): ScreenFacts {
  const { composer, transcript } = screen;
  const missing = (key: string) => refused(name, `screen.${key}`, 'is missing: a profile that extends none needs it');
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
  return wrongUse('bridge.yaml', `agents.${name}.${key}`, reason, 'docs/profiles.md describes the facts');
}
