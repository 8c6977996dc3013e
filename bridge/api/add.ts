import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';

/** A name before there is a pane of that name: mail for it waits. */
export const add = method({
  name: 'add',
  args: z.object({ name: word(64), description: word(1024).default('') }),
  result: z.object({ isNew: z.boolean() }),
  run: async ({ directory }: Pick<Bridge, 'directory'>, { name, description }) => ({
    isNew: directory.add(name, description),
  }),
});
