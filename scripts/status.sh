#!/usr/bin/env bash
# MACS's status.sh: IDLE when the agent is seen to be idle, BUSY for anything else, through `bridge status`.
# With --exit-code: 0 idle, 1 anything else. 2 when the pane cannot be looked at.
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$(readlink -f "$0")")/macs-common.sh"

# 1 would say "busy"
failed=2
usage="Usage: $0 [--session NAME] [--pane %X] [--lines N] [--label TEXT] [--socket PATH] [--agent NAME] [--exit-code]"
exit_code=0
agent=""
while [ $# -gt 0 ]; do
  if target_flag "$@"; then
    shift "$taken"
    continue
  fi
  case "$1" in
    --lines) value "$1" "$#" && number "$1" "$2" && shift 2 ;; # the bridge reads the whole screen
    --lines=*) number --lines "${1#*=}" && shift ;;
    --agent) value "$1" "$#" && agent="$2" && shift 2 ;;
    --exit-code) exit_code=1 && shift ;;
    -h | --help) echo "$usage" >&2 && exit 0 ;;
    *) wrong_use "Unknown arg: $1
$usage" ;;
  esac
done
resolve_target ambiguous
set -- --socket "$socket" --pane "$pane"
if [ -n "$agent" ]; then set -- "$@" --agent "$agent"; fi

code=0
said="$("${bridge[@]}" status --exit-code "$@")" || code=$?
if [ -z "$said" ] || [ "$code" -gt 1 ]; then exit "$failed"; fi
echo "Resolved target: session=$session pane=$pane"
if [ "$code" -eq 0 ]; then echo IDLE; else echo BUSY; fi
printf '%s\n' "$said" >&2
if [ "$exit_code" -eq 1 ]; then exit "$code"; fi
