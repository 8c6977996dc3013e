/**
 * The way to a tmux server, as it stands in `socketPath` wherever a pane is kept: the path of its socket here, or `HOST:` and
 * the path there, where `HOST` is one of bridge.yaml's `hosts:`. `HOST:` alone is the server that `tmux` itself takes there.
 */
export function hostOfWay(way: string): string | null {
  return /^([A-Za-z0-9][A-Za-z0-9._-]*):/.exec(way)?.[1] ?? null;
}

/** The path of the socket, on whichever machine; null for the server that `tmux` itself takes. */
export function pathOfWay(way: string): string | null {
  const host = hostOfWay(way);
  return (host === null ? way : way.slice(host.length + 1)) || null;
}

export function wayTo(host: string | null, path: string | null): string {
  return host === null ? (path ?? '') : `${host}:${path ?? ''}`;
}

/** What a process, a file or a folder of this machine says counts for a pane only where that is of this machine, too. */
export function isHere({ socketPath }: { readonly socketPath: string }): boolean {
  return hostOfWay(socketPath) === null;
}
