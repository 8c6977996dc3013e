import type { CompletedCommand, Values } from './command-line.ts';

/*
 * Each script does the same: it reads the words before the cursor, to find the command that they name, how many of its
 * arguments stand there already, and whether the last word is a flag that waits for its value. Then it offers what fits.
 */

/** Where more is said of a flag than a menu has room for. */
const menuColumns = 60;

export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion of bridge, made by \`bridge completion bash\`

# the words that can follow a command
_bridge_inner() {
  case $1 in
${commands
  .filter(({ inner }) => inner.length > 0)
  .map(({ path, inner }) => `    ${quoted(path)}) echo ${inner.map(({ name }) => name).join(' ')} ;;`)
  .join('\n')}
  esac
}

_bridge_flags() {
  case $1 in
${commands.map(({ path, flags }) => `    ${quoted(path)}) echo ${flags.flatMap(({ names }) => names).join(' ')} ;;`).join('\n')}
  esac
}

# what a flag or the n-th argument of a command is
_bridge_values() {
  case $1 in
${valueCases(commands)
  .map(([place, values]) => `    ${place}) echo ${values} ;;`)
  .join('\n')}
  esac
}

_bridge() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' place=0 flag='' text='' word values i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $flag ]]; then
      # --mode=auto comes as three words
      [[ $word == = ]] || flag=''
    elif [[ $word == -- ]]; then
      text=yes
    elif [[ -z $text && $word == -* ]]; then
      [[ -n $(_bridge_values "$path $word") ]] && flag=$word
    elif [[ -z $text && " $(_bridge_inner "$path") " == *" $word "* ]]; then
      path=\${path:+$path }$word
    else
      place=$((place + 1))
    fi
  done
  [[ $cur == = ]] && cur=''
  if [[ -n $flag ]]; then
    values=$(_bridge_values "$path $flag")
  elif [[ -z $text && $cur == -* ]]; then
    values=$(_bridge_flags "$path")
  else
    values="$(_bridge_inner "$path") $(_bridge_values "$path $place")"
  fi
  case $values in
    *:files) compopt -o filenames 2>/dev/null; while read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur") ;;
    *:folders) compopt -o filenames 2>/dev/null; while read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$cur") ;;
    # not by compgen -W, which would run what is written in a name
    *:ids | *:workers)
      while read -r word; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
      done < <(command bridge completion "\${values#*:}" 2>/dev/null) ;;
    *:text) ;;
    *) while read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$values" -- "$cur") ;;
  esac
}

complete -F _bridge bridge
`;
}

export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = (pairs: ReadonlyArray<{ readonly name: string; readonly says: string }>) =>
    pairs.map(({ name, says }) => inQuotes(`${name.replaceAll(':', '\\:')}:${menuText(says)}`)).join(' ');
  const flags = ({ flags }: CompletedCommand) =>
    described(flags.flatMap(({ names, says }) => names.map((name) => ({ name, says }))));
  return `#compdef bridge
# zsh completion of bridge, made by \`bridge completion zsh\`

# the words that can follow a command
_bridge_inner() {
  case $1 in
${commands
  .filter(({ inner }) => inner.length > 0)
  .map(({ path, inner }) => `    ${quoted(path)}) reply=(${described(inner)}) ;;`)
  .join('\n')}
    *) reply=() ;;
  esac
}

_bridge_flags() {
  case $1 in
${commands.map((command) => `    ${quoted(command.path)}) reply=(${flags(command)}) ;;`).join('\n')}
    *) reply=() ;;
  esac
}

# what a flag or the n-th argument of a command is
_bridge_values() {
  case $1 in
${valueCases(commands)
  .map(([place, values]) => `    ${place}) reply=(${values}) ;;`)
  .join('\n')}
    *) reply=() ;;
  esac
}

_bridge() {
  local cur=\${words[CURRENT]} place=0 flag='' text='' word at='' i
  local -a reply inner
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    _bridge_inner "$at"
    if [[ -n $flag ]]; then
      flag=''
    elif [[ $word == -- ]]; then
      text=yes
    elif [[ -z $text && $word == -*=* ]]; then
      :
    elif [[ -z $text && $word == -* ]]; then
      _bridge_values "$at $word"
      (( \${#reply} > 0 )) && flag=$word
    elif [[ -z $text && -n \${(M)reply:#\${word}:*} ]]; then
      at=\${at:+$at }$word
    else
      (( place += 1 ))
    fi
  done
  if [[ -z $text && -z $flag && $cur == -*=* ]]; then
    flag=\${cur%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    _bridge_values "$at $flag"
  elif [[ -z $text && $cur == -* ]]; then
    _bridge_flags "$at"
    _describe -o flag reply
    return
  else
    _bridge_inner "$at"
    inner=("\${reply[@]}")
    (( \${#inner} > 0 )) && _describe command inner
    _bridge_values "$at $place"
  fi
  case \${reply[1]} in
    :files) _files ;;
    :folders) _files -/ ;;
    :ids | :workers) compadd -- \${(f)"$(command bridge completion \${reply[1]#:} 2>/dev/null)"} ;;
    :text) ;;
    *) compadd -a reply ;;
  esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _bridge "$@"; else compdef _bridge bridge; fi
`;
}

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ path, inner, flags, places, repeatsLast }) => {
    const at = `__bridge_at ${fishQuoted(path.join(' '))}`;
    return [
      ...inner.map(({ name, says }) => fishLine(at, `-a ${name}`, says)),
      ...flags.map(({ names, says, values }) =>
        fishLine(
          at,
          [
            ...names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
            ...(values === null ? [] : [values === 'files' ? '-rF' : `-x${fishValues(values)}`]),
          ].join(' '),
          says,
        ),
      ),
      ...places.map((values, index) => {
        const condition = `${at} ${index}${repeatsLast && index === places.length - 1 ? ' more' : ''}`;
        return fishLine(condition, values === 'files' ? '-F' : fishValues(values).trim(), null);
      }),
    ].filter((line) => line !== null);
  });
  const withValue = valueCases(commands).flatMap(([place]) => (/^'.*-/.test(place) ? [place] : []));
  return `# fish completion of bridge, made by \`bridge completion fish\`

# the command that the words before the cursor name, then how many of its arguments stand there
function __bridge_path
    set -l path ''
    set -l place 0
    set -l skip no
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        switch "$path $word"
            case ${withValue.join(' ')}
                set skip yes
            case ${commands
              .filter(({ path }) => path.length > 0)
              .map(({ path }) => fishQuoted(`${path.slice(0, -1).join(' ')} ${path.at(-1)}`))
              .join(' ')}
                set path (string trim -- "$path $word")
            case '* -*'
            case '*'
                set place (math $place + 1)
        end
    end
    echo $path
    echo $place
end

function __bridge_at
    set -l now (__bridge_path)
    test "$now[1]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; and return 0
    test "$now[2]" = "$argv[2]"; and return 0
    test (count $argv) -eq 3; and test "$now[2]" -gt "$argv[2]"
end

complete -c bridge -f
${lines.join('\n')}
`;
}

function fishLine(condition: string, what: string, says: string | null): string | null {
  if (what === '') return null;
  const about = says === null ? '' : ` -d ${fishQuoted(menuText(says))}`;
  return `complete -c bridge -n ${fishQuoted(condition)} ${what}${about}`;
}

function fishValues(values: Values): string {
  if (typeof values !== 'string') return ` -a ${fishQuoted(values.join(' '))}`;
  if (values === 'folders') return " -a '(__fish_complete_directories)'";
  if (values === 'ids' || values === 'workers') return ` -a '(command bridge completion ${values} 2>/dev/null)'`;
  return values === 'files' ? " -a '(__fish_complete_path)'" : '';
}

/** `'show --home'` and `'show 0'`, each with what can stand there. */
function valueCases(commands: readonly CompletedCommand[]): Array<[place: string, values: string]> {
  return commands.flatMap(({ path, flags, places, repeatsLast }) => {
    const own = flags.flatMap(({ names, values }) =>
      values === null ? [] : names.map((name): [string, string] => [quoted([path.join(' '), name]), inWords(values)]),
    );
    const arguments_ = places.map((values, index): [string, string] => {
      const goesOn = repeatsLast && index === places.length - 1;
      return [goesOn ? `${quoted([path.join(' '), ''])}[0-9]*` : quoted([path.join(' '), `${index}`]), inWords(values)];
    });
    return [...own, ...arguments_];
  });
}

function inWords(values: Values): string {
  return typeof values === 'string' ? `:${values}` : values.join(' ');
}

/** In single quotes, which hold none themselves. */
function quoted(words: readonly string[]): string {
  return `'${words.join(' ')}'`;
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function menuText(text: string): string {
  return text.length <= menuColumns ? text : `${text.slice(0, menuColumns - 1)}…`;
}
