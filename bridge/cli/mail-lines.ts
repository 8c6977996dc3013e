import type { MessageView } from '../api/inbox.ts';
import type { WholeMessageView } from '../api/show-message.ts';
import type { TellView } from '../api/tell.ts';
import { inWords } from '../core/duration.ts';
import { ExitCode } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import type { MailRecord } from '../core/mail-record.ts';
import { visibleLine } from '../core/visible.ts';
import { aboveHere } from './caller.ts';
import { paint } from './output.ts';

/** What a command can show for who runs it. */
export function evidenceHere() {
  return evidenceOf({ env: process.env, parent: process.ppid });
}

/** The same of a command that another process runs. @param parent the process above that one */
export function evidenceOf({ env, parent }: { readonly env: Readonly<NodeJS.ProcessEnv>; readonly parent: number }) {
  return {
    ...aboveHere(parent),
    tmuxSocket: env.TMUX?.split(',')[0] || null,
    paneHint: env.TMUX_PANE ?? null,
    token: env.BRIDGE_TOKEN || null,
  };
}

/** The same, and the name that it gives itself. */
export function senderHere(as: string | undefined) {
  return { ...evidenceHere(), as: as ?? null };
}

/** A line for each recipient: submitted with its receipt, or waiting with the reason. */
export function outcomeLines({ id, thread, outcomes }: TellView): string[] {
  if (outcomes.length === 0) return [visibleLine(`kept in thread ${thread}: nobody is told of it  #${shortId(id)}`)];
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

/** A message with what became of it for each recipient: since when, its receipt, or what would free it. */
export function wholeMessageLines(view: WholeMessageView, now: number): string[] {
  const { priority, expiresAt, model, group } = view;
  const facts = [
    `sent ${timeOf(view.sentAt)}`,
    ...(model === null ? [] : [`by ${model}`]),
    ...(group === null ? [] : [`to group ${group}`]),
    ...(priority === 'normal' ? [] : [`priority ${priority}`]),
    ...(expiresAt === null ? [] : [`nobody is told of it after ${timeOf(expiresAt)}`]),
  ];
  return [
    ...messageLines(view, now),
    visibleLine(facts.join(', ')),
    ...view.outcomes.map(({ member, is, why, since, receipt }) => {
      const at = since === null ? '' : ` since ${timeOf(since)}`;
      return visibleLine(`${is.padEnd(9)} ${member}${at}: ${why}${receipt === null ? '' : ` (${receipt})`}`);
    }),
    ...view.replies.map((reply) =>
      visibleLine(`answered  ${reply.from} #${shortId(reply.id)}: ${reply.body.split('\n')[0]}`),
    ),
  ];
}

/** One record of mail.log for a person. */
export function mailRecordLine({ at, id, from, standing, to, state, why, receipt, body }: MailRecord): string {
  const who = `${from ?? '?'}${standing === null ? '' : ` (${standing})`}`;
  const more = [why, receipt, body?.split('\n', 1)[0]].filter((one) => one !== undefined);
  const head = `${at.slice(0, 19).replace('T', ' ')}Z  ${who} → ${to.join(', ')}  #${shortId(id)}  ${state}`;
  return visibleLine([head, ...more].join(': '));
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
