import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { delimiter, isAbsolute } from 'node:path';
import { cleaned, isBlank } from '../core/cleaning.ts';
import type { Clock } from '../core/clock.ts';
import type { Question, Reply } from '../core/controller.ts';
import type { ControllerFailure } from '../core/request.ts';
import type { ChildEnd } from './child.ts';
import { maskSecrets } from './mask.ts';
import { composePrompt } from './prompt.ts';

/** What every controller program is given, whichever it is. */
export interface ProgramSetting {
  readonly systemPrompt: string;
  /** an empty folder and no tools */
  readonly isolated: boolean;
  /** 0 waits for ever */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** see `scratch.ts` */
  readonly scratchRoot: string;
}

export function promptFor(question: Question, setting: ProgramSetting): string {
  return composePrompt({ question, systemPrompt: setting.systemPrompt, nonce: randomBytes(9).toString('hex') });
}

/**
 * The bridge's environment without what would make a program take itself for something that lives in the bridge's own
 * pane, and with what a script may want to know of the question.
 */
export function environmentFor(
  question: Question,
  setting: ProgramSetting,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { TMUX: _tmux, TMUX_PANE: _pane, ...kept } = setting.environment;
  const defined = Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(defined),
    // a relative entry would be looked up in the worker's folder
    PATH: (kept.PATH ?? '').split(delimiter).filter(isAbsolute).join(delimiter),
    NO_COLOR: '1',
    BRIDGE_REQUEST_ID: question.requestId,
    BRIDGE_REQUEST_KIND: question.kind,
    ...more,
  };
}

/** Why the program cannot run in this folder, or null. */
export async function folderProblem(folder: string): Promise<string | null> {
  const found = await stat(folder).catch((fault: NodeJS.ErrnoException) => fault.code ?? 'unknown');
  if (typeof found === 'string') return `the worker's folder ${folder} cannot be used (${found})`;
  return found.isDirectory() ? null : `${folder} is not a folder`;
}

export function answered(answer: Buffer): Reply {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(answer);
  } catch {
    return unavailable("the controller's answer is not UTF-8 text");
  }
  const plain = cleaned(text);
  return isBlank(plain) ? failure({ is: 'empty' }) : { is: 'answer', text: plain };
}

/** What an ended program means when there is no answer to read; null when it ended well. */
export function failureOf(end: ChildEnd, name: string, timeoutMs: number): Reply | null {
  switch (end.is) {
    case 'exited':
      if (end.code === 0) return null;
      return failure({ is: 'exit', code: end.code, signal: end.signal, stderr: maskSecrets(cleaned(end.stderr)) });
    case 'timeout':
      return failure({ is: 'timeout', afterMs: timeoutMs });
    case 'overflow':
      return unavailable(`${name} wrote more than a megabyte, which is no answer`);
    case 'aborted':
      return unavailable('the question was withdrawn');
    case 'not-started':
      return unavailable(end.reason);
  }
}

export function unavailable(reason: string): Reply {
  return failure({ is: 'unavailable', reason });
}

function failure(what: ControllerFailure): Reply {
  return { is: 'failure', failure: what };
}
