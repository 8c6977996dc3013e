import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { method } from './method.ts';
import { seenPauses } from './views.ts';

export const pauses = method({
  name: 'pauses',
  args: z.object({}),
  result: seenPauses,
  run: async (reader: Pick<Reader, 'pauses'>) => reader.pauses(),
});
