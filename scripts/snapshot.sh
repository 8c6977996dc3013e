#!/usr/bin/env bash
# MACS's snapshot.sh: the last lines of the worker's pane, through `bridge snapshot`.
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$(readlink -f "$0")")/macs-common.sh"

usage="Usage: $0 [--session NAME] [--pane %X] [--lines N] [--label TEXT] [--socket PATH]"
lines="${TARGET_PANE_LINES:-200}"
while [ $# -gt 0 ]; do
  if target_flag "$@"; then
    shift "$taken"
    continue
  fi
  case "$1" in
    --lines) value "$1" "$#" && lines="$2" && shift 2 ;;
    --lines=*) lines="${1#*=}" && shift ;;
    -h | --help) echo "$usage" >&2 && exit 0 ;;
    *) wrong_use "Unknown arg: $1
$usage" ;;
  esac
done
number --lines "$lines"
resolve_target ambiguous
exec "${bridge[@]}" snapshot --socket "$socket" --pane "$pane" --lines "$lines"
