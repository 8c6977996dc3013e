import * as z from 'zod';

/** How a command says what stands above it in the process tree; the daemon and a command without one read the same. */
const processId = z.object({ pid: z.number(), startedAt: z.string().max(64) });

export const callerArgs = z.discriminatedUnion('is', [
  z.object({ is: z.literal('agent'), program: z.string().max(64), at: z.array(processId).max(32) }),
  z.object({ is: z.literal('apart'), program: z.string().max(64), reason: z.string().max(200) }),
  z.object({ is: z.literal('nobody') }),
]);

export const aboveArgs = z.array(processId).max(32);
