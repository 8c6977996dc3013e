import { expect, test } from 'vitest';
import { settle } from '../../bridge/api/settle.ts';
import type { RequestState } from '../../bridge/core/request.ts';
import { sampleRequest } from '../journal/samples.ts';

const answer = { by: 'rules', instructions: 'Yes.', notes: '', at: 1 };

test.each([
  [{ is: 'settled', answer, at: 2 }, 'request r1: settled'],
  [{ is: 'withdrawn', reason: 'the answer was never typed', answer, at: 2 }, 'request r1: withdrawn'],
] as ReadonlyArray<readonly [RequestState, string]>)(
  'what became of the request is told: $0.is',
  async (state, message) => {
    let now = sampleRequest('r1', { state: { is: 'asked', of: 'human', why: 'in doubt', at: 1 } });
    const uses = {
      journal: { request: () => now, requests: () => [now] },
      requests: {
        confirmDelivered() {
          now = { ...now, state };
          return { accepted: true, reason: '' };
        },
      },
    } as unknown as Parameters<typeof settle.run>[0];
    const args = settle.args.parse({ id: 'r1', by: 'human:cli', caller: { is: 'nobody' } });
    expect(await settle.run(uses, args, new AbortController().signal)).toEqual({ id: 'r1', message });
  },
);
