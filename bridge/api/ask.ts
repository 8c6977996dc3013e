import * as z from 'zod';
import { askerOf } from '../app/asker.ts';
import type { Bridge } from '../app/bridge.ts';
import { isBlank } from '../core/cleaning.ts';
import { usageError } from '../core/failure.ts';
import { systemSource } from '../host/process-source.ts';
import { aboveArgs, callerArgs, limitMs, text, word } from './arguments.ts';
import { panesFor } from './asking-panes.ts';
import { type ForViews, viewIn } from './find-request.ts';
import { method } from './method.ts';
import { askView } from './views.ts';

const args = z.object({
  text: text(),
  caller: callerArgs.default({ is: 'nobody' }),
  above: aboveArgs.default([]),
  tmuxSocket: word(4096).nullable().default(null),
  paneHint: word(64).nullable().default(null),
  agent: word().nullable().default(null),
  wait: z.boolean().default(true),
  timeoutMs: limitMs.default(0),
});

/** Opens a request from a worker's own shell, and waits for its answer. */
export const ask = method({
  name: 'ask',
  args,
  result: askView,
  async run(bridge: ForViews & Pick<Bridge, 'panes' | 'servers' | 'opener'>, given, closed) {
    const { text, agent, wait, timeoutMs, ...evidence } = given;
    if (isBlank(text)) throw usageError('ask', 'text', 'holds nothing visible');
    const asker = askerOf(evidence, await panesFor(bridge, evidence.tmuxSocket), {
      identify: (facts) => bridge.panes.identify(facts).identity,
      startOf: (pid) => systemSource().read(pid)?.startedAt ?? null,
    });
    if (asker.is === 'proven') await bridge.servers.reach(asker.pane, asker.pane.socketPath);
    const request = await bridge.opener.fromShell({ text, asker, agent, wait, timeoutMs }, closed);
    const { state } = request;
    const answer = 'answer' in state ? state.answer : null;
    return {
      id: request.id,
      state: state.is,
      status: viewIn(bridge, request).status,
      answer: answer?.instructions ?? null,
      notes: answer?.notes ?? null,
      claimed: request.claimed ?? null,
    };
  },
});
