import { isBlank, maxText } from '../../core/cleaning.ts';
import { BridgeError, ExitCode, messageOf } from '../../core/failure.ts';
import { outcomeCode, outcomeLines } from '../mail-lines.ts';
import type { Run } from './run.ts';

/** The one form of `bridge tell` that needs no Node: scripts/wrapper.pl puts the key in. */
type TellWords = readonly [verb: 'tell', flag: '--idempotency-key', key: string, member: string, text: string];

/** @returns false for any other command line: the command itself reads that */
export function isPlainTell(words: readonly string[]): words is TellWords {
  const [verb, flag, key = '', member = '-', text = '-'] = words;
  const isMeant =
    verb === 'tell' && flag === '--idempotency-key' && /^[0-9a-f-]{8,64}$/.test(key) && words.length === 5;
  return isMeant && !member.startsWith('-') && !text.startsWith('-') && !isBlank(text) && text.length <= maxText;
}

/** `bridge tell MEMBER TEXT`, said and ended as by the command. */
export async function tell(words: readonly string[], run: Run): Promise<number> {
  const [, , idempotencyKey = '', member = '', body = ''] = words;
  try {
    const letter = { ...(await run.sender()), to: [member], body, idempotencyKey };
    const view = await run.ask('', 'tell', letter);
    run.say(outcomeLines(view).join('\n'));
    return outcomeCode(view);
  } catch (fault) {
    run.warn(`bridge: ${messageOf(fault).replace(/^bridge: /, '')}`);
    if (!(fault instanceof BridgeError)) return ExitCode.failed;
    if (fault.nextStep !== undefined) run.warn(fault.nextStep.replace(/^/gm, '        '));
    return fault.exitCode;
  }
}
