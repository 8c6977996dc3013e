import { join } from 'node:path';
import { replaceFile } from './files.ts';
import { packageRoot } from './package-root.ts';
import { writeState } from './state-folder.ts';

/**
 * MACS's names in the repository: macs-path.txt (where the tools are), macs-tmux-bridge.txt (the same in words) and the
 * wrapper tmux-bridge.sh, which adds the session and the socket of this repository's worker.
 */
export function writeWrapper(folder: string): string[] {
  const note = join(folder, 'macs-tmux-bridge.txt');
  const script = join(folder, 'tmux-bridge.sh');
  const pathFile = writeState(folder, 'macs-path.txt', packageRoot);
  replaceFile(
    note,
    `Hand tools for this repository's worker:\n  .codex/tmux-bridge.sh snapshot|send|status|set_target|notify\nThe scripts behind it are in ${join(packageRoot, 'scripts')}\n`,
  );
  replaceFile(script, wrapperScript, 0o755);
  return [pathFile, note, script];
}

/** A live `$TMUX_SOCKET` wins over the recorded one, and a recorded one over a dead `$TMUX_SOCKET`, as in MACS. Bash 3.2. */
export const wrapperScript = `#!/usr/bin/env bash
# Hand tools for this repository's worker. Written by "bridge start controller"; written anew by the next one.
set -euo pipefail

root="$(cd "$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)"
usage() { echo "Usage: $0 {snapshot|send|status|set_target|notify} [args...]" >&2; }
line() { if [ -f "$1" ]; then head -n 1 "$1"; fi; }
alive() { [ -S "$1" ] && tmux -S "$1" list-sessions >/dev/null 2>&1; }

command="\${1:-}"
case "$command" in
  snapshot|send|status|set_target|notify) shift ;;
  *) usage; exit 64 ;;
esac

scripts="$(line "$root/.codex/macs-path.txt")/scripts"
if [ ! -x "$scripts/$command.sh" ]; then
  echo "tmux-bridge: $scripts/$command.sh: not found; run start-controller again" >&2
  exit 1
fi
if [ "$command" = notify ]; then exec "$scripts/notify.sh" "$@"; fi

session="$(line "$root/.codex/tmux-session.txt")"
recorded="$(line "$root/.codex/tmux-socket.txt")"
socket="\${TMUX_SOCKET:-}"
if [ -n "$recorded" ] && { [ -z "$socket" ] || ! alive "$socket"; } && alive "$recorded"; then socket="$recorded"; fi

for word in "$@"; do
  case "$word" in
    --) break ;;
    --session|--session=*) session="" ;;
    --socket|--socket=*) socket="" ;;
  esac
done
if [ -n "$socket" ]; then set -- --socket "$socket" "$@"; fi
if [ -n "$session" ]; then set -- --session "$session" "$@"; fi
export MACS_REPO_ROOT="$root"
exec "$scripts/$command.sh" "$@"
`;
