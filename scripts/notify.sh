#!/usr/bin/env bash
# MACS's notify.sh: calls the human, through `bridge notify`. Ends well whatever happens: it is the last step of others.
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$(readlink -f "$0")")/macs-common.sh"

usage="Usage: $0 [TEXT...]"
case "${1:-}" in
  -h | --help) echo "$usage" >&2 && exit 0 ;;
  --) shift ;;
  -*) wrong_use "Unknown arg: $1
$usage" ;;
esac
"${bridge[@]}" notify -- "$@" || true
