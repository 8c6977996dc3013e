import { dirname, join } from 'node:path';
import { BridgeError } from '../../core/failure.ts';
import { folderOf, type HookTarget, hookCommand, notifyWords, type SignalProgram } from './hook-target.ts';
import type { Edited, WantedHook } from './json-hooks.ts';
import * as json from './json-hooks.ts';
import { readSettings, replaceSettings, type SettingsFile } from './settings-file.ts';
import * as toml from './toml-hooks.ts';
import { addNotify, notifyIn, removeNotify, sameButNotify } from './toml-notify.ts';

/** A file as it is, and as it would be. */
export interface Change {
  readonly file: SettingsFile;
  readonly after: string | null;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** what a person should know of it, one line each */
  readonly notes: readonly string[];
}

export interface HooksEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly userFolder: string;
  readonly program: SignalProgram;
  /** `--config`: the file itself; where hooks lie in a file of their own, that is beside it */
  readonly config: string | null;
}

/** What `install` would do. Nothing is written. @throws BridgeError for a file that cannot be read as what it should be */
export function planInstall(target: HookTarget, environment: HooksEnvironment): Plan {
  const { agent } = target;
  const { hooks, notify } = filesOf(target, environment);
  const after = edited(hooks, writtenIn(target).addHooks(hooks.text, wantedHooks(target, environment)));
  const changes: Change[] = [{ file: hooks, after }];
  const notes: string[] = [];
  if (notify) {
    const standing = notifyStanding(notify, environment);
    if (standing.is === 'foreign') {
      notes.push(
        `${notify.path}: notify is yours (${standing.words.join(' ')}) and stays: ${agent} allows one. The hooks tell the same; to have both, let your program call \`bridge signal --agent ${agent} "$1"\``,
      );
    } else {
      const text = addNotify(notify.text, notifyWords(agent, environment.program));
      if (notifyIn(text, environment.program.script).is !== 'ours' || !sameButNotify(notify.text, text))
        throw refusal(notify, 'a line could not be added without changing what it says');
      changes.push({ file: notify, after: text });
    }
  }
  const isNew = changes.some(({ file, after: text }) => file.text !== text);
  if (target.trust !== null && isNew) notes.push(target.trust);
  return { changes: changes.filter(({ file, after: text }) => file.text !== text), notes };
}

/** What `remove` would do: only what `install` put in goes. */
export function planRemove(target: HookTarget, environment: HooksEnvironment): Plan {
  const { hooks, notify } = filesOf(target, environment);
  const changes: Change[] = [];
  if (hooks.text !== null)
    changes.push({ file: hooks, after: edited(hooks, writtenIn(target).removeHooks(hooks.text)) });
  if (notify?.text != null) {
    notifyStanding(notify, environment);
    const rest = removeNotify(notify.text);
    changes.push({ file: notify, after: rest === '' && notify.text !== '' ? null : rest });
  }
  return { changes: changes.filter(({ file, after }) => file.text !== after), notes: [] };
}

export function carryOut({ changes }: Plan): void {
  for (const { file, after } of changes) replaceSettings(file, after);
}

/** One hook that is, or could be, installed. */
export interface InstalledHook {
  readonly file: string;
  readonly event: string;
  /** `stale`: ours, and not as this bridge would write it now */
  readonly state: 'wired' | 'stale' | 'absent' | 'foreign';
  readonly trusted: boolean | null;
}

/** What stands in the agent's files now. */
export function installedHooks(target: HookTarget, environment: HooksEnvironment): InstalledHook[] {
  const { hooks, notify } = filesOf(target, environment);
  const standing = hooks.text === null ? { hooks: [] } : writtenIn(target).hooksIn(hooks.text);
  if ('fault' in standing) throw unreadable(hooks, standing.fault);
  const settings = notify?.text ?? '';
  const rows = wantedHooks(target, environment).map(({ event, hook }): InstalledHook => {
    const found = standing.hooks.filter((one) => one.event === event);
    const isExact = found.some((one) => JSON.stringify(one.hook) === JSON.stringify(hook));
    const state = found.length === 0 ? 'absent' : isExact ? 'wired' : 'stale';
    return { file: hooks.path, event, state, trusted: target.isReviewed?.(settings, event) ?? null };
  });
  if (!notify) return rows;
  const { is, ...more } = notifyStanding(notify, environment);
  const words = 'words' in more ? more.words.join('\n') : '';
  const isExact = words === notifyWords(target.agent, environment.program).join('\n');
  const state = is === 'ours' ? (isExact ? 'wired' : 'stale') : is === 'foreign' ? 'foreign' : 'absent';
  return [...rows, { file: notify.path, event: 'notify', state, trusted: null }];
}

function filesOf(
  target: HookTarget,
  environment: HooksEnvironment,
): { hooks: SettingsFile; notify: SettingsFile | null } {
  const folder =
    environment.config === null
      ? folderOf(target, environment.env, environment.userFolder)
      : dirname(environment.config);
  const notify = target.notify ? readSettings(environment.config ?? join(folder, target.notify.file)) : null;
  const named = target.notify === undefined ? environment.config : null;
  return { hooks: readSettings(named ?? join(folder, target.settings.file)), notify };
}

function writtenIn({ settings }: HookTarget): Pick<typeof json, 'hooksIn' | 'addHooks' | 'removeHooks'> {
  return settings.file.endsWith('.toml') ? toml : json;
}

function wantedHooks({ agent, settings }: HookTarget, { program }: HooksEnvironment): WantedHook[] {
  return settings.events.map((event) => ({
    event,
    hook: {
      type: 'command',
      command: hookCommand(agent, event, program),
      timeout: settings.timeout,
      ...(settings.fieldsOf?.[event] ?? settings.fields),
    },
  }));
}

function edited(file: SettingsFile, result: Edited): string | null {
  if ('fault' in result) throw unreadable(file, result.fault);
  return result.text;
}

function notifyStanding(file: SettingsFile, { program }: HooksEnvironment) {
  const standing = file.text === null ? ({ is: 'free' } as const) : notifyIn(file.text, program.script);
  if (standing.is === 'unreadable') throw unreadable(file, standing);
  return standing;
}

function unreadable(file: SettingsFile, { line, reason }: { line: number; reason: string }): BridgeError {
  return refusal(file, `line ${line}: ${reason}`);
}

function refusal({ path }: SettingsFile, reason: string): BridgeError {
  return new BridgeError({
    what: 'settings',
    target: path,
    reason,
    nextStep: 'nothing was changed; mend the file and run the command again',
  });
}
