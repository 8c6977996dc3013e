import type { MemberView } from '../api/members.ts';
import type { Overview } from '../api/overview.ts';
import type { RequestView } from '../api/views.ts';

/** A member with what is known of it elsewhere. */
export type Seat = MemberView & {
  /** of what it shows; null where nobody watches it */
  readonly since: number | null;
  readonly request: RequestView | null;
  /** of what it wrote to others, the last */
  readonly words: string | null;
};

export interface Written {
  readonly from: string;
  readonly body: string;
}

/** Each member with what its pane does, what it asks, and what it wrote last. */
export function seatsOf(
  members: readonly MemberView[],
  overview: Overview | null,
  requests: readonly RequestView[],
  written: readonly Written[],
): Seat[] {
  const key = (one: { host: string; server: string; paneId?: string; pane?: string }) =>
    [one.host, one.server, one.paneId ?? one.pane].join('|');
  const workers = new Map((overview?.workers ?? []).map((worker) => [key(worker), worker]));
  const asked = new Map(requests.map((request) => [key(request), request]));
  const last = new Map(written.map(({ from, body }) => [from, body]));
  return members.map((member) => {
    const at = member.address === null ? '' : key(member.address);
    return {
      ...member,
      since: workers.get(at)?.since ?? null,
      request: asked.get(at) ?? null,
      words: last.get(member.name) ?? null,
    };
  });
}
