import * as z from 'zod';
import type { Bridge } from '../app/bridge.ts';
import { path, word } from './arguments.ts';
import { method } from './method.ts';
import { paneArgs, reachPane } from './reach-pane.ts';

/** Makes known what a launcher started: a worker, its project, and the server to watch. */
export const register = method({
  name: 'register',
  args: z.object({ pane: paneArgs, panePid: z.number(), project: path, label: word(), session: word() }),
  result: z.object({ isNew: z.boolean() }),
  async run(bridge: Pick<Bridge, 'servers' | 'projects' | 'watchAlso'>, { pane, panePid, ...given }) {
    const address = await reachPane(bridge, pane);
    const { host, server } = address;
    const { socketPath } = pane;
    bridge.projects.register({ ...address, panePid }, { ...given, host, server, socketPath });
    return { isNew: await bridge.watchAlso(socketPath, given.session) };
  },
});
