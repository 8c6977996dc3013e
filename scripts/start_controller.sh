#!/usr/bin/env bash
# Starts a controller: all flags are those of `bridge start controller` (--help lists them); MACS's are among them.
# shellcheck source=scripts/macs-command.sh
. "$(dirname "$(readlink -f "$0")")/macs-command.sh" start-controller "$@"
