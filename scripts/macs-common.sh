# shellcheck shell=bash
# Sourced by the scripts that keep MACS's names. They translate old names, flags and environment into `bridge` commands,
# and find the target pane in MACS's order; looking, guarding and typing are the bridge's. Runs on bash 3.2 (macOS), where
# an empty array under `set -u` is an error: so there are no arrays but the one that always holds the bridge's command.
# The variables below are shared with the scripts that source this.
# shellcheck disable=SC2034

me="$(basename "$0")"
scripts="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
main="$scripts/../dist/cli/main.js"
if [ ! -f "$main" ]; then
  echo "$me: the bridge is not built: run npm install in $(dirname "$scripts")" >&2
  exit 1
fi
# of this package, never another that is on PATH
bridge=(node "$main")

# what a script ends with when its pane cannot be found
failed=1

wrong_use() {
  echo "$me: $1" >&2
  exit 64
}

# value FLAG COUNT: a flag that takes a value has one
value() {
  [ "$2" -ge 2 ] || wrong_use "Missing value for $1"
}

# number FLAG VALUE
number() {
  case "$2" in
    '' | *[!0-9]*) wrong_use "$1: $2 is not a number" ;;
  esac
}

# target_flag FLAG [VALUE...]: reads --session, --pane, --label, --socket; `taken` says how many words it took
session="" pane="" socket="" label="${TARGET_PANE_LABEL:-worker}" label_given=0
target_flag() {
  taken=2
  case "$1" in
    --session) value "$1" "$#" && session="$2" ;;
    --pane) value "$1" "$#" && pane="$2" ;;
    --label) value "$1" "$#" && label="$2" label_given=1 ;;
    --socket) value "$1" "$#" && socket="$2" ;;
    --session=*) taken=1 session="${1#*=}" ;;
    --pane=*) taken=1 pane="${1#*=}" ;;
    --label=*) taken=1 label="${1#*=}" label_given=1 ;;
    --socket=*) taken=1 socket="${1#*=}" ;;
    *)
      taken=0
      return 1
      ;;
  esac
}

first_line() {
  if [ -f "$1" ] && [ ! -h "$1" ]; then sed -n '1{s/[[:space:]]*$//;p;q;}' "$1"; fi
}

# MACS's order: $MACS_REPO_ROOT/.codex, $CODEX_HOME, the git top level's .codex, $PWD/.codex
state_folder() {
  local folder="$PWD"
  if [ -n "${MACS_REPO_ROOT:-}" ]; then
    echo "$MACS_REPO_ROOT/.codex"
  elif [ -n "${CODEX_HOME:-}" ]; then
    echo "$CODEX_HOME"
  else
    while [ "$folder" != / ] && [ ! -e "$folder/.git" ]; do folder="$(dirname "$folder")"; done
    if [ -e "$folder/.git" ]; then echo "${folder%/}/.codex"; else echo "$PWD/.codex"; fi
  fi
}

pin_id="" pin_socket="" pin_server=""
read_pin() {
  local file
  for file in "$state/target-pane.txt" "$(dirname "$state")/tools/tmux_bridge/target_pane.txt"; do
    pin_id="$(first_line "$file")"
    case "$pin_id" in
      %*[!0-9]* | % | '' | [!%]*) pin_id="" ;;
      *)
        pin_socket="$(sed -n 's/^socket=//p' "$file")"
        pin_server="$(sed -n 's/^server-pid=//p' "$file")"
        return
        ;;
    esac
  done
}

alive() {
  [ -S "$1" ] && tmux -S "$1" list-sessions >/dev/null 2>&1
}

# The server: --socket, $TMUX_SOCKET, the pin's, the recorded one, the repository's own; else tmux's own choice.
choose_socket() {
  local candidate
  if [ -z "$socket" ]; then socket="${TMUX_SOCKET:-}"; fi
  if [ -n "$socket" ]; then return; fi
  for candidate in "$pin_socket" "$(first_line "$state/tmux-socket.txt")" "$state/tmux.sock"; do
    if [ -n "$candidate" ] && alive "$candidate"; then
      socket="$candidate"
      return
    fi
  done
}

on_server() {
  if [ -n "$socket" ]; then tmux -u -S "$socket" "$@"; else tmux -u "$@"; fi
}

tmux_failed() {
  echo "tmux error: $1" >&2
  case "$1" in
    *"peration not permitted"* | *"ermission denied"*)
      echo "Cannot connect to the tmux server: it was started by another user, or this runs inside a sandbox." >&2
      echo "Run this as the user who started tmux, or name the right socket with --socket or TMUX_SOCKET." >&2
      ;;
    *"no server running"* | *"No such file or directory"*)
      echo "No tmux server running. Start the worker first: $scripts/start-worker" >&2
      ;;
  esac
  exit "$failed"
}

# rows_with FIELD: "%id session" of every pane in scope whose field is exactly the label
rows_with() {
  local row id
  on_server list-panes -a -F "#{pane_id} #{$1}" | while IFS= read -r row; do
    id="${row%% *}"
    if [ "${row#* }" = "$label" ]; then printf '%s\n' "$scope" | grep "^$id " || true; fi
  done
}

# resolve_target ambiguous|strict: sets pane, session and socket, or explains and exits. A session that holds several
# panes of the label is refused under `strict`; several sessions are warned about, as MACS did.
resolve_target() {
  local listing found sessions field
  command -v tmux >/dev/null 2>&1 || { echo "tmux not found in PATH" >&2 && exit "$failed"; }
  state="$(state_folder)"
  read_pin
  choose_socket
  listing="$(on_server list-panes -a -F '#{pane_id} #{session_name}' 2>&1)" || tmux_failed "$listing"
  if [ -z "$socket" ]; then socket="$(on_server list-panes -a -F '#{socket_path}' | sed -n 1p)"; fi
  scope="$listing"
  if [ -n "$session" ]; then
    scope="$(printf '%s\n' "$listing" | while IFS= read -r row; do if [ "${row#* }" = "$session" ]; then printf '%s\n' "$row"; fi; done)"
  fi

  if [ -n "$pane" ]; then
    case "$pane" in
      %*[!0-9]* | %) found="" ;;
      %*) found="$(printf '%s\n' "$listing" | grep "^$pane " || true)" ;;
      *) return ;; # session:window.pane and names are the bridge's to resolve
    esac
    [ -n "$found" ] || { echo "Pane $pane does not exist on this tmux server." >&2 && exit "$failed"; }
    session="${found#* }"
    return
  fi

  if [ -n "$pin_id" ] && [ "$label_given" -eq 0 ] && pin_holds; then
    found="$(printf '%s\n' "$scope" | grep "^$pin_id " || true)"
    if [ -n "$found" ]; then
      pane="$pin_id" session="${found#* }"
      return
    fi
  fi

  found=""
  for field in @label pane_title window_name pane_current_command; do
    found="$(rows_with "$field")"
    [ -z "$found" ] || break
  done
  if [ -n "$found" ]; then
    take_first "$1"
    return
  fi
  if [ "$1" = ambiguous ] && [ -n "$scope" ] && [ "$(printf '%s\n' "$scope" | wc -l)" -eq 1 ]; then
    pane="${scope%% *}" session="${scope#* }"
    echo "Auto-selected only pane: $pane" >&2
    return
  fi
  echo "Unable to find target pane. Provide --pane or set TARGET_PANE_LABEL." >&2
  if [ -n "$scope" ]; then
    echo "Available panes:" >&2
    on_server list-panes -a -F '#{pane_id} #{session_name} #{window_name} #{pane_title} #{pane_current_command}' >&2
  fi
  echo "Tip: $scripts/set_target.sh --pane %X  (or --label worker)" >&2
  exit "$failed"
}

# The pin is one of this server's panes: ids repeat on another server, and after a restart of the same one.
pin_holds() {
  [ -z "$pin_socket" ] || [ "$pin_socket" = "$(on_server list-panes -a -F '#{socket_path}' | sed -n 1p)" ] || return 1
  [ -z "$pin_server" ] || [ "$pin_server" = "$(on_server list-panes -a -F '#{pid}' | sed -n 1p)" ]
}

# Takes the first of `found`, after what has to be said about the others.
take_first() {
  local sessions alike
  sessions="$(printf '%s\n' "$found" | cut -d ' ' -f 2- | sort -u)"
  if [ "$(printf '%s\n' "$sessions" | wc -l)" -gt 1 ]; then
    echo "Warning: multiple matching sessions found for label '$label': $(printf '%s' "$sessions" | tr '\n' ',' | sed 's/,/, /g')" >&2
    if [ "${require_session:-0}" = 1 ]; then
      echo "Refusing to send without an explicit --session." >&2
      exit "$failed"
    fi
  fi
  pane="${found%% *}"
  session="$(printf '%s\n' "$found" | sed -n '1s/^[^ ]* //p')"
  alike="$(printf '%s\n' "$found" | while IFS= read -r row; do if [ "${row#* }" = "$session" ]; then printf '%s ' "${row%% *}"; fi; done)"
  case "$alike" in
    *' '?*)
      if [ "$1" = strict ]; then
        echo "Several panes of session $session match '$label': $alike- name one with --pane." >&2
        exit "$failed"
      fi
      echo "Warning: several panes of session $session match '$label': ${alike}- using $pane" >&2
      ;;
  esac
}
