import type { Clock } from '../../core/clock.ts';
import { unknownName } from '../../core/failure.ts';
import { RemoteProcesses } from './remote-processes.ts';
import { RemoteShell } from './remote-shell.ts';
import type { SshHost } from './ssh-host.ts';

/** What is kept of one other machine. */
export interface KeptHost {
  readonly host: SshHost;
  readonly shell: RemoteShell;
  readonly processes: RemoteProcesses;
}

/** The other machines that bridge.yaml names. Nothing is connected before somebody asks for something there. */
export class Hosts {
  readonly #hosts: readonly SshHost[];
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptHost>();

  constructor(hosts: readonly SshHost[], clock: Clock) {
    this.#hosts = hosts;
    this.#clock = clock;
  }

  get all(): readonly SshHost[] {
    return this.#hosts;
  }

  has(name: string): boolean {
    return this.#hosts.some((host) => host.name === name);
  }

  /** @throws BridgeError where no host is called so */
  at(name: string): KeptHost {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    const host = this.#hosts.find((one) => one.name === name);
    if (host === undefined) throw unknownHost(name, this.#hosts);
    const shell = new RemoteShell(host, this.#clock);
    const kept = { host, shell, processes: new RemoteProcesses(shell, this.#clock) };
    this.#kept.set(name, kept);
    return kept;
  }

  /** Why it is not reached, and for how long; null while it is, or was never called. */
  awayOf(name: string): { readonly words: string; readonly forMs: number } | null {
    const away = this.#kept.get(name)?.shell.away ?? null;
    return away && { words: away.words, forMs: this.#clock.now() - away.since };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#kept.values()].map(({ shell }) => shell.close()));
  }
}

export function unknownHost(name: string, hosts: readonly SshHost[]): Error {
  const known = hosts.map((host) => host.name);
  return unknownName('host', name, known, known.length === 0 ? 'name it under `hosts:` in bridge.yaml' : undefined);
}
