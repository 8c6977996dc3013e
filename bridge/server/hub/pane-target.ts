import * as z from 'zod';

const word = z.string().max(4_096);

/** How a caller names panes, where a command line has flags and a shell. @param isOne one pane, or all of a server */
export function targetShape({ isOne }: { readonly isOne: boolean }): z.ZodRawShape {
  return {
    /** a host of bridge.yaml; left out: this machine */
    host: word.optional(),
    /** path of a tmux server's socket; left out: the one that the bridge was started with */
    socket: word.optional(),
    session: word.optional(),
    ...(isOne && { pane: word, lines: z.number().optional(), withCells: z.boolean().optional() }),
  };
}

/** @returns the arguments of a method that works on a `Target` */
export function paneTarget(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { host = null, socket = null, session = null, pane = null, ...rest } = given;
  const shell = { named: socket, noted: null, env: {} };
  const about = { label: 'worker', isLabelGiven: false, agent: null, pin: null, oneSession: false };
  return { ...rest, target: { host, socket: shell, session, pane, ...about } };
}
