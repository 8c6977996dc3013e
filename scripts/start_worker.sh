#!/usr/bin/env bash
# Starts a worker: all flags are those of `bridge start worker` (--help lists them); MACS's are among them.
set -euo pipefail
self="${BASH_SOURCE[0]}"
while [ -h "$self" ]; do
  link="$(readlink "$self")"
  case "$link" in /*) self="$link" ;; *) self="$(dirname "$self")/$link" ;; esac
done
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$self")/macs-common.sh"
exec "${bridge[@]}" start worker "$@"
