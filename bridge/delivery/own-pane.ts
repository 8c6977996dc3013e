import type { Delivery } from '../core/envelope.ts';
import type { CourierParts, TakenPane } from './hands.ts';

const everybodys: TakenPane = { typing: () => {}, release: () => {} };

/**
 * Answers, and requests for a controller's pane, are typed by the bridge that owns the pane. What a person or a program
 * sends by hand needs the writer lock only: it is nobody's answer.
 */
export function takePane(
  { owners }: Pick<CourierParts, 'owners'>,
  { envelope, recipient }: Delivery,
): TakenPane | { readonly theirs: string } {
  const isForOwner = envelope.kind === 'response' || envelope.kind === 'request';
  return isForOwner && owners ? owners.take(recipient) : everybodys;
}
