import { readFileSync } from 'node:fs';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { messageOf, usageError } from '../core/failure.ts';
import { isLoopback } from '../server/hub/hub-options.ts';
import type { Seat } from '../server/mcp/seat.ts';
import { relayTo, Upstream } from '../server/mcp/upstream.ts';
import { Bells } from './mcp-bells.ts';

export interface ElsewhereFlags {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly insecureNetwork?: true;
}

/**
 * The tools are those of a server elsewhere, for whom its token speaks there; new mail rings here, by the bridge beside the pane.
 * @param seat the agent at the bridge of this host @param ended the client has hung up
 */
export async function serveElsewhere(flags: ElsewhereFlags, seat: Seat, ended: Promise<void>): Promise<void> {
  const upstream = new Upstream(urlIn(flags), tokenIn(flags));
  const bells = new Bells(upstream, seat);
  const handle = serveStdio(() => relayTo(upstream), { onerror: () => {} });
  bells.begin();
  await ended;
  bells.end();
  await handle.close();
  await upstream.close();
}

function urlIn({ server = '', insecureNetwork }: ElsewhereFlags): string {
  if (!URL.canParse(server)) throw usageError('--server', server, 'is no address', 'https://hub:9420');
  const { protocol, hostname } = new URL(server);
  if (protocol !== 'https:' && protocol !== 'http:') throw usageError('--server', server, 'is no address of HTTP');
  if (protocol === 'http:' && !isLoopback(hostname) && insecureNetwork !== true)
    throw usageError(
      '--server',
      server,
      'would carry the token over the network as it is',
      'use https, an ssh tunnel to 127.0.0.1, or say --insecure-network',
    );
  return server;
}

function tokenIn({ tokenFile }: ElsewhereFlags): string {
  if (tokenFile === undefined) {
    const token = process.env.BRIDGE_TOKEN;
    if (token) return token;
    throw usageError('--server', 'the token', 'missing', 'set BRIDGE_TOKEN, or name its file: --token-file');
  }
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (fault) {
    throw usageError('--token-file', tokenFile, messageOf(fault));
  }
}
