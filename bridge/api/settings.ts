import * as z from 'zod';
import type { AlertRule } from '../alerts/rules.ts';
import { waysNamed } from '../app/alerting.ts';
import type { Bridge } from '../app/bridge.ts';
import { alertWays } from '../core/alert.ts';
import { method } from './method.ts';
import { document } from './views.ts';

/** What of the configuration people ask for on a page: who is asked, how much is let through, the rules in their order. */
export const settings = method({
  name: 'settings',
  args: z.object({}),
  result: z.object({
    mode: z.enum(['auto', 'manual']),
    dryRun: z.boolean(),
    controller: z.string(),
    senders: z.enum(['any', 'verified']),
    retentionDays: z.number(),
    limits: z.object({
      answersPerHour: z.number(),
      answersPerDay: z.number(),
      consecutiveAnswers: z.number(),
      messageHops: z.number(),
      messageRounds: z.number(),
      threadMessages: z.number(),
      memberMessages: z.number(),
    }),
    /** how a person is called: never where to, nor with which token */
    alerts: z.object({
      ways: z.array(z.enum(alertWays)).readonly(),
      quiet: z.string().nullable(),
      rules: z.array(document<AlertRule>()).readonly(),
    }),
    /** each as bridge.yaml has it, and where it stands */
    policy: z.array(z.object({ rule: document<object>(), file: z.string().nullable(), line: z.number().nullable() })),
  }),
  async run(bridge: Pick<Bridge, 'config' | 'subscriptions'>) {
    const { config } = bridge;
    const { mode, dryRun, controllerBackend, senders, retentionDays, policy, policyPlaces, notify } = config;
    const { answersPerHour, answersPerDay, consecutiveAnswers } = config;
    const { messageHops, messageRounds, threadMessages, memberMessages } = config;
    const answers = { answersPerHour, answersPerDay, consecutiveAnswers };
    return {
      ...{ mode, dryRun, controller: controllerBackend, senders, retentionDays },
      limits: { ...answers, messageHops, messageRounds, threadMessages, memberMessages },
      alerts: { ways: waysNamed(bridge), quiet: notify.quiet ?? null, rules: notify.rules ?? [] },
      policy: policy.map((rule, index) => {
        const place = policyPlaces[index];
        return { rule: rule as object, file: place?.file ?? null, line: place?.line ?? null };
      }),
    };
  },
});
