import type { Alert, AlertLink, AlertWay } from '../core/alert.ts';
import { type Notice, type NotifyWays, notifyHuman } from '../host/notify.ts';
import { Refusal, type Sender } from './alert-queue.ts';
import { type PushParts, pushSender } from './push-sender.ts';

/** What `notify:` of bridge.yaml sets up. */
export interface WaysSetUp {
  readonly bell: boolean;
  readonly desktop: boolean;
  readonly command: readonly string[] | null;
  readonly webhook: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** whether it is told, too, that a matter is settled of which it was told */
    readonly settled: boolean;
  } | null;
  readonly ntfy: { readonly url: string; readonly token: string | null } | null;
}

const limitMs = 10_000;

/** What an alert may carry besides its words; null: nothing. */
export type LinkFor = (alert: Alert) => AlertLink | null;

/**
 * A sender for each way that is set up.
 * @param terminals those that ring
 * @param push the browsers that are called; null: none are
 */
export function sendersFor(
  setUp: WaysSetUp,
  terminals: () => Promise<readonly string[]>,
  linkFor: LinkFor,
  push: PushParts | null,
): Partial<Record<AlertWay, Sender>> {
  const none: NotifyWays = { bell: false, desktop: false, command: null };
  const here =
    (ways: Partial<NotifyWays>): Sender =>
    async (alert) => {
      const { done, failed } = await notifyHuman(noticeOf(alert, linkFor(alert)), { ...none, ...ways }, { terminals });
      if (done.length > 0) return done.join(', ');
      throw new Refusal(failed.map(({ reason }) => reason).join('; ') || 'nothing was done');
    };
  const { bell, desktop, command, webhook, ntfy } = setUp;
  return {
    // a bell says nothing, and needs no link
    ...(bell && { bell: here({ bell }) }),
    ...(desktop && command === null && { desktop: here({ desktop }) }),
    ...(command !== null && { command: here({ command }) }),
    ...(webhook !== null && { webhook: (alert: Alert) => toWebhook(webhook, alert, linkFor(alert)) }),
    ...(ntfy !== null && { ntfy: (alert: Alert) => toNtfy(ntfy, alert, linkFor(alert)) }),
    ...(push !== null && {
      webpush: pushSender(push, (alert) => {
        const link = linkFor(alert);
        return { title: alert.title, text: wordsOf(alert, link), link: urlOf(link) };
      }),
    }),
  };
}

/** Of the ways that can take back what they brought, or say that it is settled. */
export function recallersFor({ webhook, ntfy }: WaysSetUp, push: PushParts | null): Partial<Record<AlertWay, Sender>> {
  return {
    ...(webhook?.settled && { webhook: (alert: Alert) => settledToWebhook(webhook, alert) }),
    ...(ntfy !== null && { ntfy: (alert: Alert) => fromNtfy(ntfy, alert) }),
    ...(push !== null && {
      webpush: pushSender(push, ({ title }) => ({ title, text: 'This is settled.', link: null, isSettled: true })),
    }),
  };
}

function noticeOf(alert: Alert, link: AlertLink | null): Notice {
  const url = urlOf(link);
  return { title: alert.title, text: wordsOf(alert, link), ...(url !== null && { link: url }) };
}

/** With the reason where a link was wanted, and there is none. */
function wordsOf({ text }: Alert, link: AlertLink | null): string {
  return link !== null && 'why' in link ? `${text}\nno link: ${link.why}` : text;
}

function urlOf(link: AlertLink | null): string | null {
  return link !== null && 'url' in link ? link.url : null;
}

/** The same alert sent again has the same id. */
function toWebhook(
  { url, headers }: NonNullable<WaysSetUp['webhook']>,
  alert: Alert,
  link: AlertLink | null,
): Promise<string> {
  const { id, kind, member, urgency, title, raisedAt } = alert;
  const body = {
    ...{ id, kind, member, urgency, title, text: wordsOf(alert, link), at: new Date(raisedAt).toISOString() },
    ...(link !== null && { link: urlOf(link) }),
  };
  return posted(url, { 'content-type': 'application/json', 'idempotency-key': id, ...headers }, JSON.stringify(body));
}

function settledToWebhook({ url, headers }: NonNullable<WaysSetUp['webhook']>, { id, title }: Alert): Promise<string> {
  const body = JSON.stringify({ id, title, settled: true });
  return posted(url, { 'content-type': 'application/json', 'idempotency-key': `${id}-settled`, ...headers }, body);
}

/** ntfy.sh, or a server of one's own: the topic is the URL's path. */
function toNtfy({ url, token }: NonNullable<WaysSetUp['ntfy']>, alert: Alert, link: AlertLink | null): Promise<string> {
  const { origin, topic, authorization } = ntfyAt(url, token);
  const priority = alert.urgency === 'urgent' ? 5 : 3;
  const click = urlOf(link);
  const headers = { 'content-type': 'application/json', ...authorization };
  const body = {
    ...{ topic, title: alert.title, message: wordsOf(alert, link), priority, sequence_id: sequenceOf(alert) },
    ...(click !== null && { click }),
  };
  return posted(origin, headers, JSON.stringify(body));
}

/** Takes it off the screens of those who have it; ntfy does that from 2.16 on. */
function fromNtfy({ url, token }: NonNullable<WaysSetUp['ntfy']>, alert: Alert): Promise<string> {
  const { origin, topic, authorization } = ntfyAt(url, token);
  return posted(`${origin}/${topic}/${sequenceOf(alert)}`, authorization, null, 'DELETE');
}

function ntfyAt(url: string, token: string | null) {
  const { origin, pathname } = new URL(url);
  const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return { origin, topic: pathname.replace(/^\/|\/$/g, ''), authorization };
}

/** As ntfy takes it: letters, digits, `-` and `_`. */
function sequenceOf({ id }: Alert): string {
  return id.replace(/[^\w-]/g, '-');
}

/** @throws Refusal for what the other side will not have however often it is sent */
async function posted(
  url: string,
  headers: Record<string, string>,
  body: string | null,
  method: 'POST' | 'DELETE' = 'POST',
): Promise<string> {
  const reply = await fetch(url, {
    method,
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
