import * as z from 'zod';
import { maxText } from '../core/cleaning.ts';
import { type Caller, seenFrom } from '../host/caller.ts';
import { pidNamespace } from '../host/process-source.ts';

/** What people and agents write. */
export const text = () => z.string().max(maxText, `is longer than ${maxText} characters`);

/** A name, an id or a reason: nothing that needs more. */
export const word = (max = 256) => z.string().max(max, `is longer than ${max} characters`);

/** An id, or the last characters of one. */
export const id = word().min(1, 'is empty');

export const path = word(4096).min(1, 'is empty');

/** Milliseconds that somebody waits. */
export const limitMs = z.number().min(0);

/** The processes above a command, as it reports them. */
const processId = z.object({ pid: z.number(), startedAt: z.string().max(64) });

const callerClaim = z.discriminatedUnion('is', [
  z.object({ is: z.literal('agent'), program: z.string().max(64), at: z.array(processId).max(32).readonly() }),
  z.object({ is: z.literal('apart'), program: z.string().max(64), reason: z.string().max(200) }),
  z.object({ is: z.literal('nobody') }),
]);

const namespaceArgs = z.object({ pidNamespace: z.string().max(64).nullable().default(null) });

/** Who calls, as it is seen from here: with `pidNamespace` a command says which processes it can see at all. */
export const callerArgs = z
  .intersection(callerClaim, namespaceArgs)
  .transform(({ pidNamespace: theirs, ...caller }): Caller => seenFrom(pidNamespace(), caller, theirs));

/** Left out by a command of another version. */
export const caller = callerArgs.nullable().default(null);

export const aboveArgs = z.array(processId).max(32).readonly();

/** What somebody decides about one request, and in whose name. */
export const decisionArgs = z.object({ id, by: word().default('human'), caller });

/** The last event of a stream that its reader has. */
export const cursor = z.number().int().min(0);
