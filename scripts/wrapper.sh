# shellcheck shell=sh
# Sourced by the scripts that keep the names of other tools, with NAME [ARGUMENT...] set and `script`, which lies beside it: becomes
# bridge's translation of that tool. A link to a script leads to the package of the script (readlink -f: coreutils, BusyBox, macOS
# since 12.3). Where a bridge may run, a few lines of Perl ask that first; what they cannot have done there Node does.
scripts=${script%/*}
if [ ! -f "$scripts/../dist/cli/wrapper.js" ]; then
  echo "$1: the bridge is not built: run npm install in $(dirname "$scripts")" >&2
  exit 1
fi
if [ -x /usr/bin/perl ] && [ -e /proc/self/ns/pid ]; then exec /usr/bin/perl "$scripts/wrapper.pl" "$@"; fi
exec node "$scripts/../dist/cli/wrapper.js" "$@"
