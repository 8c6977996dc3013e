import { isTyped } from '../core/delivery-machine.ts';
import type { Delivery } from '../core/envelope.ts';
import type { CourierParts, TakenPane, Taking } from './pane-io.ts';

const everybodys: TakenPane = { typing: () => {}, settled: () => {}, release: () => {} };

/**
 * Answers, and requests for a controller's pane, are typed by the bridge that owns the pane. What a person or a program
 * sends by hand needs the writer lock only: it is nobody's answer.
 */
export async function takePane(
  { owners }: Pick<CourierParts, 'owners'>,
  { envelope, recipient, state, askedAt, createdAt }: Delivery,
): Promise<Taking> {
  if (!owners) return everybodys;
  switch (envelope.kind) {
    case 'response': {
      // what was typed before is read from the screen, whoever typed since
      return await owners.take(recipient, isTyped(state) ? Number.POSITIVE_INFINITY : (askedAt ?? createdAt));
    }
    case 'request':
      // it answers nothing, and so nobody else has
      return await owners.take(recipient, Number.POSITIVE_INFINITY);
    default:
      return everybodys;
  }
}
