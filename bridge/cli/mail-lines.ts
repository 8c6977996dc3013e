import type { MessageView } from '../api/inbox.ts';
import type { TellView } from '../api/tell.ts';
import { inWords } from '../core/duration.ts';
import { ExitCode } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import { visibleLine } from '../core/visible.ts';
import { aboveHere } from './caller.ts';
import { paint } from './output.ts';

/** What a command can show for who runs it. @param as the name that it gives itself */
export function senderHere(as: string | undefined) {
  return {
    ...aboveHere(),
    tmuxSocket: process.env.TMUX?.split(',')[0] || null,
    paneHint: process.env.TMUX_PANE ?? null,
    token: process.env.BRIDGE_TOKEN || null,
    as: as ?? null,
  };
}

/** A line for each recipient: submitted with its receipt, or waiting with the reason. */
export function outcomeLines({ id, outcomes }: TellView): string[] {
  return outcomes.map(({ member, is, why, tookMs }) => {
    const took = tookMs === null ? '' : ` in ${Math.round(tookMs)} ms`;
    return visibleLine(`${is.padEnd(9)} ${member}${took}: ${why}  #${shortId(id)}`);
  });
}

/** 0 where all of them came as far as was waited for, 1 where it ended otherwise, 2 where it waits, 3 where nobody can tell. */
export function outcomeCode({ outcomes, isReached }: TellView): ExitCode {
  if (outcomes.some(({ is }) => is === 'uncertain')) return ExitCode.undecided;
  if (outcomes.some(({ is }) => is === 'expired' || is === 'withdrawn')) return ExitCode.failed;
  return isReached ? ExitCode.done : ExitCode.held;
}

/** A message as it is read. What others wrote is indented: no line of it passes for a heading. */
export function messageLines(
  { id, from, standing, to, thread, body, sentAt, noReply }: MessageView,
  now: number,
): string[] {
  const who = standing === 'claimed' ? `${from}?` : from;
  const head = `${who} → ${to.join(', ')}  #${shortId(id)}  thread ${thread}  ${inWords(now - sentAt)} ago`;
  return [
    paint('bold', visibleLine(head)),
    ...body.split('\n').map((line) => `  ${line}`),
    ...(noReply ? ['  (no reply needed)'] : []),
  ];
}
