#!/usr/bin/env bash
# Mosaic's send-message.sh: one text into a session's pane as one input, through bridge.
set -euo pipefail
# shellcheck source=scripts/wrapper.sh
. "$(dirname "$(readlink -f "$0")")/wrapper.sh" send-message "$@"
