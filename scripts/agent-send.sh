#!/bin/sh
# Mosaic's agent-send.sh: one text into a session's pane, with [host:session -> host:session] before it, through bridge.
set -eu
script=$0
if [ -h "$0" ]; then script=$(readlink -f "$0"); fi
set -- agent-send "$@"
# shellcheck source=scripts/wrapper.sh
. "${script%/*}/wrapper.sh"
