#!/usr/bin/env bash
# Mosaic's agent-send.sh: one text into a session's pane, with [host:session -> host:session] before it, through bridge.
set -euo pipefail
# shellcheck source=scripts/wrapper.sh
. "$(dirname "$(readlink -f "$0")")/wrapper.sh" agent-send "$@"
