# shellcheck shell=bash
# Sourced by every script that only hands over, at MACS's paths and here: macs-command.sh COMMAND [ARGUMENT...]
# The script says which command it is; this one finds the package and becomes the command. A link to a script leads to the
# package of the script: that needs `readlink -f` (coreutils, BusyBox, macOS since 12.3).
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "${BASH_SOURCE[0]}")/macs-common.sh"

command="$1"
shift
case "$command" in
  start-worker) exec "${bridge[@]}" start worker "$@" ;;
  start-controller) exec "${bridge[@]}" start controller "$@" ;;
  *) exec "$scripts/$command.sh" "$@" ;;
esac
