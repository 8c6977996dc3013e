#!/usr/bin/env bash
# MACS's send.sh: one text into the worker's pane, submitted once, through `bridge send`.
# Exit 0 sent, 1 error or ambiguous target, 2 not sent because the pane cannot take it now, 3 typed but not seen to be
# submitted (look before you send again), 64 usage error.
set -euo pipefail
# shellcheck source=scripts/macs-common.sh
. "$(dirname "$(readlink -f "$0")")/macs-common.sh"

usage="Usage: $0 [--session NAME] [--pane %X] [--label TEXT] [--socket PATH] [--agent NAME] [--force] [--wait SECONDS]
       [--line-mode] [--command] [--expand-escapes] [--require-explicit-session] [--] [message...]
       Without a message, standard input is sent. TARGET_PANE_ALLOW_SHELL=1 also types at a bare shell.
       Taken and without effect, because the bridge waits for evidence: --submit-after --submit-key(s) K --submit-repeat N
       --submit-delay-ms N --type-delay-ms N --literal"
message=""
given=0
line_mode=0
command=0
expand=0
force=0
agent=""
wait_seconds=""
submit_keys="${TARGET_PANE_SUBMIT_KEYS:-Enter}"
require_session="${TARGET_PANE_REQUIRE_EXPLICIT_SESSION_ON_MULTI:-0}"
if [ "${TARGET_PANE_GUARD_BUSY:-1}" = 0 ]; then force=1; fi

add_word() {
  if [ "$given" -eq 1 ]; then message="$message $1"; else message="$1"; fi
  given=1
}

while [ $# -gt 0 ]; do
  if target_flag "$@"; then
    shift "$taken"
    continue
  fi
  case "$1" in
    --agent) value "$1" "$#" && agent="$2" && shift 2 ;;
    --wait) value "$1" "$#" && number "$1" "$2" && wait_seconds="$2" && shift 2 ;;
    --force) force=1 && shift ;;
    --line-mode) line_mode=1 && shift ;;
    --command) command=1 && shift ;;
    --expand-escapes) expand=1 && shift ;;
    --require-explicit-session) require_session=1 && shift ;;
    --submit-after | --literal) shift ;;
    --submit-key | --submit-keys) value "$1" "$#" && submit_keys="$2" && shift 2 ;;
    --submit-repeat | --submit-delay-ms | --type-delay-ms) value "$1" "$#" && number "$1" "$2" && shift 2 ;;
    -h | --help) echo "$usage" >&2 && exit 0 ;;
    --allow-shell) wrong_use "--allow-shell: only TARGET_PANE_ALLOW_SHELL=1 makes this script type at a bare shell" ;;
    --)
      shift
      for word in "$@"; do add_word "$word"; done
      break
      ;;
    -?*) wrong_use "Unknown arg: $1 (a message that begins with - goes after --)
$usage" ;;
    *) add_word "$1" && shift ;;
  esac
done

case ",$submit_keys," in
  *,Enter,* | *,C-m,* | ,,) ;;
  *) echo "Warning: submit keys '$submit_keys' are not offered; Enter is pressed, once." >&2 ;;
esac

if [ "$given" -eq 0 ]; then
  if [ -t 0 ]; then
    echo "No message provided." >&2
    exit 1
  fi
  message="$(cat)"
fi
if [ "$expand" -eq 1 ]; then message="$(printf '%b' "$message")"; fi
# blank lines around the text would be inputs of their own
newline='
'
while [ "${message#"$newline"}" != "$message" ]; do message="${message#"$newline"}"; done
while [ "${message%"$newline"}" != "$message" ]; do message="${message%"$newline"}"; done
if [ -z "$message" ]; then
  echo "No message provided." >&2
  exit 1
fi

resolve_target strict
set -- --socket "$socket" --pane "$pane"
if [ -n "$agent" ]; then set -- "$@" --agent "$agent"; fi
if [ -n "$wait_seconds" ]; then set -- "$@" --wait "$wait_seconds"; fi
if [ "$force" -eq 1 ]; then set -- "$@" --force; fi
if [ "$line_mode" -eq 1 ]; then set -- "$@" --line-mode; fi
if [ "$command" -eq 1 ]; then set -- "$@" --command; fi
if [ "${TARGET_PANE_ALLOW_SHELL:-0}" = 1 ]; then set -- "$@" --allow-shell; fi
# not a pipe's end but this very process, so that a signal reaches the bridge
exec "${bridge[@]}" send "$@" - < <(printf '%s' "$message")
