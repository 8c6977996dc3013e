import type { MessageView } from '../../api/inbox.ts';
import { get } from '../server.ts';

/** So many messages at first, and so many more each time that somebody wants them. */
export const pageSize = 100;

/** @param about what is asked for: `thread`, `with`, `group` */
export function mailPath(about: Readonly<Record<string, string>>): string {
  return `/messages/history?${new URLSearchParams({ ...about, last: `${pageSize}` })}`;
}

/** Those before this instant and at it, the newest first: some of them are there already. */
export async function olderMail(about: Readonly<Record<string, string>>, at: number): Promise<MessageView[]> {
  return (await get<MessageView[]>(mailPath({ ...about, until: `${at + 1}` }))).toReversed();
}
