import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { rulesIn, tryRules } from '../app/rule-trial.ts';
import { firstLine } from '../core/first-line.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { viewOf } from './views.ts';

const mostRequests = 1_000;

/** What a rule would have decided of the last requests, and what became of each. It changes nothing. */
export const tryRule = method({
  name: 'tryRule',
  args: z.object({
    /** as bridge.yaml has it; or a list of them, the first that fits decides */
    rule: word(16_384),
    last: z.number().int().min(1, 'is less than 1').max(mostRequests, `is more than ${mostRequests}`).default(200),
  }),
  result: z.object({
    /** requests that it was tried on, the newest first */
    tried: z.number(),
    decided: z
      .array(
        z.object({
          id: z.string(),
          worker: z.string(),
          kind: z.string(),
          /** what was asked, on one line; of a dialog the command or file that it is about */
          asks: z.string(),
          openedAt: z.number(),
          rule: z.number(),
          would: z.enum(['answer', 'choose', 'controller', 'human', 'ignore']),
          what: z.string().nullable(),
          why: z.string().nullable(),
          /** what became of it in truth, in words */
          became: z.string(),
        }),
      )
      .readonly(),
  }),
  async run(bridge: Pick<Bridge, 'journal' | 'shown'>, { rule, last }) {
    const rules = rulesIn(rule);
    const requests = bridge.journal.requests({ limit: last }).sort((a, b) => b.openedAt - a.openedAt);
    const { tried, decided } = await tryRules(rules, requests);
    return {
      tried,
      decided: decided.map(({ request, ...found }) => ({
        id: request.id,
        worker: bridge.shown(request.worker),
        kind: request.kind,
        asks: firstLine(request.dialog?.subject?.text ?? request.dialog?.question ?? request.text),
        openedAt: request.openedAt,
        ...found,
        became: viewOf(request, null).status,
      })),
    };
  },
});
