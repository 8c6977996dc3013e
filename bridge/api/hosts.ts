import * as z from 'zod';
import type { Reader } from '../app/reader.ts';
import { steadyClock } from '../host/clock.ts';
import { checkHost, type HostCheck } from '../host/hosts/check-host.ts';
import { unknownHost } from '../host/hosts/hosts.ts';
import { word } from './arguments.ts';
import { method } from './method.ts';
import { document } from './views.ts';

const mostNames = 100;

const hostView = z.object({
  name: z.string(),
  ssh: z.string(),
  options: z.array(z.string()).readonly(),
  socket: z.string().nullable(),
  /** why a running bridge does not reach it, and for how long; null where it does, or has not called it */
  away: z.object({ words: z.string(), forMs: z.number() }).nullable(),
  /** left out where nobody looked */
  check: document<HostCheck>().optional(),
});
export type HostView = z.infer<typeof hostView>;

/** The other machines that bridge.yaml names; with `check` looked at over ssh, all at once. */
export const hosts = method({
  name: 'hosts',
  args: z.object({
    check: z.boolean().optional(),
    /** left out: all */
    names: z.array(word()).max(mostNames, `has more than ${mostNames} names`).optional(),
  }),
  result: z.array(hostView),
  run: async ({ hosts }: Pick<Reader, 'hosts'>, { check = false, names }) => {
    for (const name of names ?? []) if (!hosts.has(name)) throw unknownHost(name, hosts.all);
    const meant = names === undefined ? hosts.all : hosts.all.filter(({ name }) => names.includes(name));
    return Promise.all(
      meant.map(async (host) => ({
        ...host,
        away: hosts.awayOf(host.name),
        ...(check && { check: await checkHost(host, () => steadyClock.now()) }),
      })),
    );
  },
});
