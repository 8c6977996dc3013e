import type { Alert, AlertWay } from '../core/alert.ts';
import { type Notice, type NotifyWays, notifyHuman } from '../host/notify.ts';
import { Refusal, type Sender } from './alert-queue.ts';

/** What `notify:` of bridge.yaml sets up. */
export interface WaysSetUp {
  readonly bell: boolean;
  readonly desktop: boolean;
  readonly command: readonly string[] | null;
  readonly webhook: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | null;
  readonly ntfy: { readonly url: string; readonly token: string | null } | null;
}

const limitMs = 10_000;

/** A sender for each way that is set up. @param terminals those that ring */
export function sendersFor(
  setUp: WaysSetUp,
  terminals: () => Promise<readonly string[]>,
): Partial<Record<AlertWay, Sender>> {
  const none: NotifyWays = { bell: false, desktop: false, command: null };
  const here =
    (ways: Partial<NotifyWays>): Sender =>
    async (alert) => {
      const { done, failed } = await notifyHuman(noticeOf(alert), { ...none, ...ways }, { terminals });
      if (done.length > 0) return done.join(', ');
      throw new Refusal(failed.map(({ reason }) => reason).join('; ') || 'nothing was done');
    };
  const { bell, desktop, command, webhook, ntfy } = setUp;
  return {
    ...(bell && { bell: here({ bell }) }),
    ...(desktop && command === null && { desktop: here({ desktop }) }),
    ...(command !== null && { command: here({ command }) }),
    ...(webhook !== null && { webhook: (alert: Alert) => toWebhook(webhook, alert) }),
    ...(ntfy !== null && { ntfy: (alert: Alert) => toNtfy(ntfy, alert) }),
  };
}

function noticeOf({ title, text }: Alert): Notice {
  return { title, text };
}

/** The same alert sent again has the same id. */
function toWebhook({ url, headers }: NonNullable<WaysSetUp['webhook']>, alert: Alert): Promise<string> {
  const { id, kind, member, urgency, title, text, raisedAt } = alert;
  const body = JSON.stringify({ id, kind, member, urgency, title, text, at: new Date(raisedAt).toISOString() });
  return posted(url, { 'content-type': 'application/json', 'idempotency-key': id, ...headers }, body);
}

/** ntfy.sh, or a server of one's own: the topic is the URL's path. */
function toNtfy({ url, token }: NonNullable<WaysSetUp['ntfy']>, { title, text, urgency }: Alert): Promise<string> {
  const { origin, pathname } = new URL(url);
  const topic = pathname.replace(/^\/|\/$/g, '');
  const priority = urgency === 'urgent' ? 5 : 3;
  const headers = { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) };
  return posted(origin, headers, JSON.stringify({ topic, title, message: text, priority }));
}

/** @throws Refusal for what the other side will not have however often it is sent */
async function posted(url: string, headers: Record<string, string>, body: string): Promise<string> {
  const reply = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(limitMs),
  });
  await reply.body?.cancel();
  const said = `${new URL(url).host} answered ${reply.status}`;
  if (reply.ok) return said;
  if (reply.status >= 500 || reply.status === 429 || reply.status === 408) throw new Error(said);
  throw new Refusal(said);
}
