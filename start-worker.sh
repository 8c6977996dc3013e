#!/usr/bin/env bash
# Starts a worker: all flags are those of `bridge start worker` (--help lists them); MACS's are among them.
# shellcheck source=scripts/macs-command.sh
. "$(dirname "$(readlink -f "$0")")/scripts/macs-command.sh" start-worker "$@"
