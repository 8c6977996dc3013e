# shellcheck shell=bash
# Sourced by the scripts that keep the names of other tools: wrapper.sh NAME [ARGUMENT...] becomes bridge's translation of that
# tool. A link to a script leads to the package of the script (readlink -f: coreutils, BusyBox, macOS since 12.3).
scripts="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
if [ ! -f "$scripts/../dist/cli/wrapper.js" ]; then
  echo "$1: the bridge is not built: run npm install in $(dirname "$scripts")" >&2
  exit 1
fi
exec node "$scripts/../dist/cli/wrapper.js" "$@"
