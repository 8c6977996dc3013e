import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as z from 'zod';
import type { Config } from '../../config/config-values.ts';
import type { AlertLink } from '../../core/alert.ts';
import { usageError } from '../../core/failure.ts';

const absolute = z.string().max(4096).startsWith('/', 'is no absolute path');

/** Where the server listens, and what it bears. Each has its key in `server:` of the state directory's bridge.yaml. */
export const hubOptions = z.strictObject({
  /** 0: one that is free */
  port: z.number().int().min(0).max(65_535, 'is more than 65535').default(9420),
  /** address or name of the interface */
  host: z.string().min(1, 'is empty').max(253).default('127.0.0.1'),
  /** names besides its own by which callers may address it */
  names: z.array(z.string().min(1).max(253)).max(32).default([]),
  /** where people reach it, in front of whatever hands on to it; null: where it listens */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .transform((given) => new URL(given).origin)
    .nullable()
    .default(null),
  tls: z.strictObject({ cert: absolute, key: absolute }).nullable().default(null),
  insecureNetwork: z.boolean().default(false),
  bodyBytes: z
    .number()
    .int()
    .min(1_024)
    .max(64 * 1_048_576)
    .default(1_048_576),
  requestsPerMinute: z.number().int().min(10).default(300_000),
  /** of one address: wrong or missing tokens in a minute */
  refusalsPerMinute: z.number().int().min(1).default(300),
  sockets: z.number().int().min(1).default(2_000),
  /** bytes that a WebSocket's reader may leave unread */
  queueBytes: z
    .number()
    .int()
    .min(1_024)
    .default(4 * 1_048_576),
  /** a reader that has left as much unread for so long is ended */
  slowAfterMs: z.number().min(1).default(10_000),
});
export type HubOptions = z.output<typeof hubOptions>;

/** What a command line may say of it, by the names of its flags. */
export interface HubFlags {
  readonly port?: string;
  readonly host?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecureNetwork?: boolean;
}

/** Flags before `server:` of bridge.yaml. @throws BridgeError naming what is wrong */
export function hubOptionsOf(file: Config['server'], flags: HubFlags): HubOptions {
  const { tlsCert, tlsKey } = flags;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError(
      '--tls-cert',
      tlsCert ?? '',
      'invalid: a certificate and its key belong together: give --tls-key, too',
    );
  const { tls: fileTls, ...rest } = file;
  const kept = Object.entries(rest).map(([key, value]) => [
    key.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase()),
    value,
  ]);
  const tls = tlsCert === undefined ? fileTls : { cert: resolve(tlsCert), key: resolve(tlsKey!) };
  const { success, data, error } = hubOptions.safeParse({
    ...Object.fromEntries(kept),
    ...(tls !== undefined && { tls }),
    ...(flags.host !== undefined && { host: bare(flags.host) }),
    ...(flags.port !== undefined && { port: /^\d+$/.test(flags.port) ? Number(flags.port) : flags.port }),
    ...(flags.insecureNetwork !== undefined && { insecureNetwork: flags.insecureNetwork }),
  });
  if (!success) {
    const { path, message } = error.issues[0]!;
    throw usageError(
      'server',
      path.join('.'),
      `invalid: ${message}`,
      '`server:` of bridge.yaml, and flags of `bridge serve`',
    );
  }
  checkReach(data);
  return data;
}

/** @throws BridgeError where others of the network could read what is said there */
export function checkReach({ host, tls, insecureNetwork, publicUrl }: HubOptions): void {
  if (publicUrl?.startsWith('http:') && !insecureNetwork)
    throw usageError(
      'server',
      publicUrl,
      'is no https: address, and anybody on the way reads what is said there',
      'say https:// where a proxy with TLS hands on to it, or --insecure-network',
    );
  if (isLoopback(host) || tls !== null || insecureNetwork) return;
  throw usageError(
    'server',
    host,
    'is reached from the network, and without TLS anybody there reads the tokens',
    'give --tls-cert and --tls-key, stay on 127.0.0.1 behind an ssh tunnel, or say --insecure-network',
  );
}

/** Where another device reaches it, for the links of alerts; or why none does. @param port at which it listens */
export function linkBaseOf({ host, names, tls, publicUrl }: HubOptions, port: number): AlertLink {
  if (publicUrl !== null) return { url: publicUrl };
  if (isLoopback(host)) return { why: 'the server listens on this machine only' };
  const isEveryAddress = ['0.0.0.0', '::', '*'].includes(bare(host));
  const name = isEveryAddress ? names[0] : host;
  if (name === undefined) return { why: '`public-url` of `server:` does not say where the server is reached' };
  return { url: `${tls === null ? 'http' : 'https'}://${inUrl(bare(name))}:${port}` };
}

export function isLoopback(host: string): boolean {
  const address = bare(host);
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** An address as a URL has it. */
export function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

export function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
