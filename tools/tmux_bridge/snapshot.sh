#!/usr/bin/env bash
# MACS's path of scripts/snapshot.sh in this package.
set -euo pipefail
self="${BASH_SOURCE[0]}"
while [ -h "$self" ]; do
  link="$(readlink "$self")"
  case "$link" in /*) self="$link" ;; *) self="$(dirname "$self")/$link" ;; esac
done
exec "$(dirname "$self")/../../scripts/snapshot.sh" "$@"
