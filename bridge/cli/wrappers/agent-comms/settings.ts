import { Refusal } from '../refusal.ts';

/** What its variables say, but for where its files are. */
export interface Settings {
  readonly marker: string;
  /** more characters are not sent; null: as many as one likes */
  readonly mostCharacters: number | null;
  readonly reviveMs: number;
  readonly reviveGraceMs: number;
  readonly loopCount: number;
  readonly loopWindowMs: number;
  /** a doorbell that nobody relayed for so long says nothing new any more */
  readonly relayMaxAgeMs: number;
}

export function settingsOf(env: Readonly<NodeJS.ProcessEnv>): Settings {
  const number = (name: string, usual: number) => numberIn(env, name) ?? usual;
  return {
    marker: env.AGENT_COMMS_MARKER || '«agent-msg»',
    mostCharacters: numberIn(env, 'MAX_MSG_LEN'),
    reviveMs: number('REVIVE_TIMEOUT', 30) * 1000,
    reviveGraceMs: number('REVIVE_GRACE', 6) * 1000,
    loopCount: number('LOOP_WARN_COUNT', 4),
    loopWindowMs: number('LOOP_WINDOW_SEC', 180) * 1000,
    relayMaxAgeMs: number('RELAY_MAX_AGE', 3600) * 1000,
  };
}

/** Evidence is waited for, and no lock is given up: these mean nothing here. @returns those that are set */
export function withoutMeaning(env: Readonly<NodeJS.ProcessEnv>): string[] {
  return ['ENTER_DELAY', 'VERIFY_LINES', 'VERIFY_DELAY', 'LOCK_TIMEOUT']
    .map((name) => `AGENT_COMMS_${name}`)
    .filter((name) => env[name]);
}

function numberIn(env: Readonly<NodeJS.ProcessEnv>, name: string): number | null {
  const given = env[`AGENT_COMMS_${name}`];
  if (!given) return null;
  if (!/^\d{1,9}(?:\.\d+)?$/.test(given.trim()))
    throw new Refusal(`AGENT_COMMS_${name}=${given}: expected a number, 0 or more`, 2);
  return Number(given);
}
