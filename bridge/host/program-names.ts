import { basename } from 'node:path';

/** What a command line says about the program: its name, and what it does with typed text. */
export interface ProgramName {
  readonly name: string;
  readonly kind: 'agent' | 'shell' | 'remote' | 'repl' | 'program';
  /** runs another program on a terminal of its own making, so that the keys go on to that one */
  readonly nests: boolean;
}

/** Agent programs by the names they run under, also as a script of node, bun, python, …: the caller knows which there are. */
export type AgentNames = ReadonlySet<string>;

const shells = new Set(
  'sh bash rbash zsh fish dash ash ksh ksh93 mksh tcsh csh nu pwsh elvish busybox oksh yash'.split(' '),
);
const remotes = new Set(
  `ssh autossh mosh mosh-client et telnet nc ncat netcat socat docker podman nerdctl kubectl oc lxc incus machinectl
   vagrant adb minicom picocom ftp sftp lftp tmux screen zellij abduco dtach`.split(/\s+/),
);
const repls = new Set(
  `irb pry psql mysql mariadb sqlite3 ghci luajit R julia erl iex scala jshell gdb lldb redis-cli mongosh mongo
   clickhouse-client bc dc gnuplot octave maxima sbcl guile racket clojure clj ocaml utop swipl tclsh xonsh ipython
   ipython3 bpython ptpython duckdb sqlplus`.split(/\s+/),
);
const nesting = new Set('sudo su doas script unbuffer runuser pkexec'.split(' '));

/** Programs that run a script, and their options that take a value of their own. */
const interpreters: ReadonlyArray<{ names: RegExp; valued: ReadonlySet<string>; code: ReadonlySet<string> }> = [
  {
    names: /^(?:node|nodejs|bun|deno|tsx|ts-node)$/,
    valued: new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions']),
    code: new Set(['-e', '--eval', '-p', '--print']),
  },
  { names: /^(?:python|pypy)[\d.]*$/, valued: new Set(['-W', '-X']), code: new Set(['-c']) },
  { names: /^(?:ruby|lua|perl|php|Rscript)[\d.]*$/, valued: new Set(['-I', '-r', '-l']), code: new Set(['-e', '-r']) },
];
const shellValued = new Set(['-o', '+o', '-O', '+O', '--rcfile', '--init-file', '-C', '--init-command']);

/** @param argv the process's command line; `comm`, the system's short name, serves where that is empty */
export function programName(argv: readonly string[], comm: string, agents: AgentNames): ProgramName {
  const path = argv[0] || comm;
  const name = bareName(path);
  const known = agentIn(path, agents) ?? (agents.has(comm) ? comm : null);
  if (known !== null) return { name: known, kind: 'agent', nests: false };
  if (nesting.has(name)) return { name, kind: 'program', nests: true };
  if (shells.has(name)) return shell(name, argv.slice(1), agents);
  const interpreter = interpreters.find(({ names }) => names.test(name));
  if (interpreter) return interpreted(name, argv.slice(1), interpreter, agents);
  return { name, kind: remotes.has(name) ? 'remote' : repls.has(name) ? 'repl' : 'program', nests: false };
}

/** A shell that was given a script or a command runs that; any other reads what is typed, also where its options are not understood. */
function shell(name: string, args: readonly string[], agents: AgentNames): ProgramName {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (shellValued.has(argument)) index++;
    else if (/^-[a-z]*c$/i.test(argument) || /^-(?:command|file|f)$/i.test(argument)) {
      // `fish -C` and `nu -e` run something first and then read; pwsh says so with -NoExit
      const stays = /^-[a-z]*i/.test(argument) || args.some((other) => /^-(?:i|noexit)$/i.test(other));
      return { name, kind: stays ? 'shell' : 'program', nests: false };
    } else if (argument === '--' || argument === '-' || /^[-+]/.test(argument)) {
      if (argument === '-s' || /^-[a-z]*[is]/.test(argument)) return { name, kind: 'shell', nests: false };
    } else {
      return scriptName(argument, agents);
    }
  }
  return { name, kind: 'shell', nests: false };
}

function interpreted(
  name: string,
  args: readonly string[],
  { valued, code }: { valued: ReadonlySet<string>; code: ReadonlySet<string> },
  agents: AgentNames,
): ProgramName {
  const repl: ProgramName = { name, kind: 'repl', nests: false };
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === '-i' || argument === '--interactive' || argument === '-') return repl;
    if (argument === '-m' && args[index + 1] !== undefined) return scriptName(args[index + 1]!, agents);
    if (code.has(argument) || /^--(?:eval|print)=/.test(argument)) return { name, kind: 'program', nests: false };
    if (valued.has(argument)) index++;
    else if (/^(?:run|x|exec)$/.test(argument) && /^(?:bun|deno)$/.test(name)) continue;
    else if (/^(?:repl|inspect)$/.test(argument)) return repl;
    else if (!argument.startsWith('-')) return scriptName(argument, agents);
  }
  return repl;
}

/** The program a script is: `…/bin/NAME`, `…/node_modules/@NAME/NAME/cli.js`, `ipython`. */
function scriptName(path: string, agents: AgentNames): ProgramName {
  const name = bareName(path);
  const agent = agentIn(path, agents);
  if (agent !== null) return { name: agent, kind: 'agent', nests: false };
  const kind =
    /^(?:i?pdb|code|IPython)$/.test(path) || repls.has(name) ? 'repl' : remotes.has(name) ? 'remote' : 'program';
  return { name, kind, nests: false };
}

/** An agent's name as the file's own name, or as the package it lies in (`@SCOPE/NAME-code/cli.js`). */
function agentIn(path: string, agents: AgentNames): string | null {
  const name = bareName(path);
  if (agents.has(name)) return name;
  const parts = path.split('/');
  const place = parts.lastIndexOf('node_modules');
  const packageName = place < 0 ? '' : parts[place + 1]?.startsWith('@') ? parts[place + 2] : parts[place + 1];
  const short = (packageName ?? '').replace(/-(?:cli|code|ai|coding-agent)$/, '');
  if (agents.has(short) && /^(?:cli|index|main|start|bin|entry)$/.test(name)) return short;
  // an installer of its own may run …/NAME/versions/2.0.1
  const versions = parts.at(-2) === 'versions' ? parts.at(-3) : undefined;
  return versions !== undefined && agents.has(versions) ? versions : null;
}

/** `-bash` (a login shell), `/usr/bin/node`, `NAME.js`, `NAME-x86_64-unknown-linux-musl` → the plain name. */
function bareName(path: string): string {
  // a title that a program gave itself (`NAME (main)`) is no path, and a path may hold spaces
  const file = path.startsWith('/') ? path : path.split(' ')[0] || path;
  return basename(file)
    .replace(/^-(?=.)/, '')
    .replace(/:$/, '')
    .replace(/\.(?:[cm]?[jt]s|py|sh|rb|exe)$/, '')
    .replace(/-(?:x86_64|aarch64|arm64|x64|amd64)\b.*$/, '');
}
