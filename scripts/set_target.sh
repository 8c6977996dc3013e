#!/usr/bin/env bash
# MACS's set_target.sh: pins the pane that the other scripts use, through `bridge target`.
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$(readlink -f "$0")")/macs-common.sh"

usage="Usage: $0 [--session NAME] [--pane %X] [--label TEXT] [--socket PATH]"
while [ $# -gt 0 ]; do
  if target_flag "$@"; then
    shift "$taken"
    continue
  fi
  case "$1" in
    -h | --help) echo "$usage" >&2 && exit 0 ;;
    *) wrong_use "Unknown arg: $1
$usage" ;;
  esac
done
# a new pin is chosen by name, not by the old pin
label_given=1
resolve_target strict
"${bridge[@]}" target --socket "$socket" "$pane" >&2
echo "Target pane set to: $pane"
