#!/usr/bin/env bash
# MACS's path of scripts/status.sh in this package.
# shellcheck source=scripts/macs-command.sh
. "$(dirname "$(readlink -f "$0")")/../../scripts/macs-command.sh" status "$@"
