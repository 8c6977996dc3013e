import { type Delivery, evidenceInWords } from '../core/envelope.ts';
import { inputMethodInWords } from '../core/native-input.ts';
import { paint } from './output.ts';

/** A delivery as a person reads it: how far it is, and the evidence with which it ended. */
export function deliveryLines({ id, state, attempts }: Delivery): string[] {
  const head = `${paint('bold', 'delivery')} ${id}: ${state.is}`;
  switch (state.is) {
    case 'acknowledged': {
      const { at, typedAt, lines } = state.receipt;
      const method = inputMethodInWords(state.receipt);
      const receipt = `receipt ${evidenceInWords(state.receipt)} at ${time(at)}, ${method.startsWith('by') ? 'handed over' : 'typed'} at ${time(typedAt)}`;
      return [head, receipt, ...(method === '' ? [] : [method]), ...quoted(lines)];
    }
    case 'typed-not-submitted':
    case 'uncertain': {
      const { reason, seen } = state;
      return [head, reason, ...(seen ? [`seen at ${time(seen.at)}`, ...quoted(seen.lines)] : [])];
    }
    case 'held':
      return [head, `${state.reason}: ${state.detail}, since ${time(state.since)}`];
    case 'failed':
    case 'cancelled':
      return [head, state.reason];
    case 'claimed':
    case 'typed':
    case 'submitted':
      return [head, `since ${time(state.at)}, attempt ${attempts}`];
    case 'queued':
    case 'expired':
      return [head];
  }
}

function quoted(lines: readonly string[]): string[] {
  return lines.map((line) => `  | ${line}`);
}

function time(at: number): string {
  return new Date(at).toISOString();
}
