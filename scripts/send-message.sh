#!/bin/sh
# Mosaic's send-message.sh: one text into a session's pane as one input, through bridge.
set -eu
script=$0
if [ -h "$0" ]; then script=$(readlink -f "$0"); fi
set -- send-message "$@"
# shellcheck source=scripts/wrapper.sh
. "${script%/*}/wrapper.sh"
