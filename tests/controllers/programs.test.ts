import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { programController } from '../../bridge/controllers/programs.ts';
import { reapScratch } from '../../bridge/controllers/scratch.ts';
import { describeFailure } from '../../bridge/core/request.ts';
import { questionOf, realClock, requestId, until } from './question.ts';

let root: string;
let repository: string;
let scratchRoot: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-controllers-')));
  repository = join(root, 'repository');
  scratchRoot = join(root, 'scratch');
  mkdirSync(repository);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Options = Parameters<typeof programController>[1];

function controllerOf(backend: Parameters<typeof programController>[0], changes: Partial<Options> = {}) {
  return programController(backend, {
    command: null,
    model: null,
    extraArgs: null,
    isolated: false,
    resume: false,
    timeoutMs: 20_000,
    systemPrompt: 'SYSTEM',
    clock: realClock,
    environment: { PATH: `${join(root, 'bin')}:${process.env.PATH}`, HOME: root, TMUX: '/x,1,2', TMUX_PANE: '%3' },
    scratchRoot,
    ...changes,
  });
}

const never = () => new AbortController().signal;
const askShell = (script: string, changes: Partial<Options> = {}, signal = never()) =>
  controllerOf('command', { command: `sh -c '${script}'`, ...changes }).ask(
    questionOf({ workingFolder: repository }),
    signal,
  );

/** Every living process that has this marker among its arguments. */
function processesWith(marker: string): number {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false; // it has ended
    }
  }).length;
}

/** A sleep that no other run of these tests has. */
const nap = (seconds: number) => `${seconds}.${process.pid}`;

const scratchLeft = () => (existsSync(scratchRoot) ? readdirSync(scratchRoot).filter((name) => name !== 'empty') : []);

describe('a command as controller', () => {
  test('reads the prompt on its standard input and answers on its standard output', async () => {
    const reply = await askShell('grep -c "Which database"; echo answer');
    expect(reply).toEqual({ is: 'answer', text: '1\nanswer\n' });
  });

  test("runs in the worker's folder, without the bridge's own pane, and knows the request's id", async () => {
    const reply = await askShell('pwd; echo "[$TMUX$TMUX_PANE]"; echo $BRIDGE_REQUEST_ID');
    expect(reply).toEqual({ is: 'answer', text: `${repository}\n[]\n${requestId}\n` });
  });

  test('a program the worker planted in its folder is not taken for the command, neither by ./ nor by PATH', async () => {
    writeFileSync(join(repository, 'answer'), '#!/bin/sh\necho planted\n', { mode: 0o755 });
    for (const command of ['./answer', 'answer']) {
      const environment = { PATH: `.::bin:${repository.replace(root, '.')}:${process.env.PATH}`, HOME: root };
      const controller = controllerOf('command', { command, environment });
      expect(await controller.ask(questionOf({ workingFolder: repository }), never())).toMatchObject({
        failure: { is: 'unavailable', reason: expect.stringContaining('was not found') },
      });
    }
  });

  test('isolated, runs in an empty private folder that is gone afterwards', async () => {
    const reply = await askShell('pwd; ls -A | wc -l; touch left-behind', { isolated: true });
    const [folder, count] = (reply as { text: string }).text.trim().split('\n');
    expect(folder!.startsWith(scratchRoot)).toBe(true);
    expect(count!.trim()).toBe('0');
    expect(existsSync(folder!)).toBe(false);
    expect(scratchLeft()).toEqual([]);
  });

  test('standard error is never an answer: alone it is an empty answer', async () => {
    expect(await askShell('echo "I am an error" >&2')).toEqual({ is: 'failure', failure: { is: 'empty' } });
    expect(await askShell('echo noise >&2; echo answer')).toEqual({ is: 'answer', text: 'answer\n' });
    expect(await askShell('printf "  \\n\\n"')).toEqual({ is: 'failure', failure: { is: 'empty' } });
  });

  test('exit code 3 is a failure that keeps the code and the last of stderr, whatever it printed', async () => {
    expect(await askShell('echo looks-like-an-answer; echo no such model >&2; exit 3')).toEqual({
      is: 'failure',
      failure: { is: 'exit', code: 3, signal: null, stderr: 'no such model\n' },
    });
  });

  test('a program ended by a signal is a failure that names the signal', async () => {
    expect(await askShell('kill -9 $$')).toMatchObject({ failure: { is: 'exit', code: null, signal: 'SIGKILL' } });
  });

  test('secrets in stderr are masked', async () => {
    const reply = await askShell('echo OPENAI_API_KEY=hunter2hunter2 >&2; exit 1');
    expect(JSON.stringify(reply)).not.toContain('hunter2');
  });

  test('a program that does not exist, and a folder that is gone, are two plain reasons', async () => {
    const lost = controllerOf('command', { command: 'no-such-program-here' });
    expect(await lost.ask(questionOf({ workingFolder: repository }), never())).toMatchObject({
      failure: { is: 'unavailable', reason: 'no-such-program-here was not found' },
    });
    const gone = questionOf({ workingFolder: join(root, 'gone') });
    expect(await controllerOf('command', { command: 'cat' }).ask(gone, never())).toMatchObject({
      failure: { is: 'unavailable', reason: expect.stringContaining('gone') },
    });
  });

  test('two megabytes of output are no answer, and the program is ended', async () => {
    const reply = await askShell(`head -c 2000000 /dev/zero | tr "\\0" x; exec sleep ${nap(611)}`);
    expect(reply).toMatchObject({ failure: { is: 'unavailable', reason: expect.stringContaining('megabyte') } });
    expect(processesWith(`sleep\u0000${nap(611)}`)).toBe(0);
  });

  test('an answer that is not UTF-8 is refused rather than mended', async () => {
    expect(await askShell('printf "caf\\351"')).toMatchObject({ failure: { is: 'unavailable' } });
  });

  test('colours are taken off an answer', async () => {
    expect(await askShell('printf "\\033[31mred\\033[0m"')).toEqual({ is: 'answer', text: 'red' });
  });

  test('a program that reads nothing of a long prompt still answers', async () => {
    const asked = questionOf({ workingFolder: repository, text: 'x'.repeat(59_000), context: 'y'.repeat(39_000) });
    const controller = controllerOf('command', { command: 'echo yes', systemPrompt: 'z'.repeat(500_000) });
    expect(await controller.ask(asked, never())).toEqual({ is: 'answer', text: 'yes\n' });
  });

  test('a program that hangs times out, and leaves no process', async () => {
    const reply = await askShell(`sleep ${nap(612)} & sleep ${nap(612)}`, { timeoutMs: 150 });
    expect(reply).toEqual({ is: 'failure', failure: { is: 'timeout', afterMs: 150 } });
    expect(processesWith(`sleep\u0000${nap(612)}`)).toBe(0);
  });

  test('a program that ignores SIGTERM, with children that do too, is ended all the same', async () => {
    const script = `trap "" TERM; (trap "" TERM; while :; do sleep ${nap(613)}; done) & while :; do sleep ${nap(613)}; done`;
    const reply = await askShell(script, { timeoutMs: 150 });
    expect(reply).toMatchObject({ failure: { is: 'timeout' } });
    expect(processesWith(`sleep\u0000${nap(613)}`)).toBe(0);
    expect(processesWith(`do sleep ${nap(613)}`)).toBe(0);
  });

  test('a child that left the process group is ended with the program', async () => {
    const reply = await askShell(`setsid sleep ${nap(614)} & sleep ${nap(614)}`, { timeoutMs: 300 });
    expect(reply).toMatchObject({ failure: { is: 'timeout' } });
    expect(processesWith(`sleep\u0000${nap(614)}`)).toBe(0);
  });

  test('a child left behind with the pipe in its hand does not delay the answer', async () => {
    const startedAt = Date.now();
    expect(await askShell(`sleep ${nap(615)} & echo answer`)).toEqual({ is: 'answer', text: 'answer\n' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(processesWith(`sleep\u0000${nap(615)}`)).toBe(0);
  });

  test('a question withdrawn half-way ends the program and its folder before the promise settles', async () => {
    const abort = new AbortController();
    const asked = askShell(`echo started > "$HOME/started"; sleep ${nap(616)}`, { isolated: true }, abort.signal);
    await until('the program runs', () => existsSync(join(root, 'started')));
    await until('its child is seen', () => processesWith(`sleep\u0000${nap(616)}`) === 1);
    abort.abort();
    expect(await asked).toMatchObject({ failure: { is: 'unavailable', reason: 'the question was withdrawn' } });
    expect(processesWith(`sleep\u0000${nap(616)}`)).toBe(0);
    expect(scratchLeft()).toEqual([]);
  });

  test('a question withdrawn before it is asked starts nothing', async () => {
    const abort = new AbortController();
    abort.abort();
    await askShell('touch "$HOME/started"', {}, abort.signal);
    expect(existsSync(join(root, 'started'))).toBe(false);
  });

  test('a command that is only quotes, or unfinished, is a usage error before anybody is asked', () => {
    expect(() => controllerOf('command', { command: null })).toThrow(/names no program/);
    expect(() => controllerOf('command', { command: "sh -c 'x" })).toThrow(/never closed/);
  });
});

/** A stand-in for an agent program: a script that records how it was called. */
function install(name: string, script: string) {
  mkdirSync(join(root, 'bin'), { recursive: true });
  const path = join(root, 'bin', name);
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$PWD" "$@" --- >> "${root}/calls"\n${script}\n`);
  chmodSync(path, 0o755);
}
const calls = () =>
  readFileSync(join(root, 'calls'), 'utf8')
    .split('---\n')
    .slice(0, -1)
    .map((call) => call.trimEnd().split('\n'));
const ask = (backend: 'codex' | 'claude' | 'gemini' | 'opencode', changes: Partial<Options> = {}, worker = 'w') =>
  controllerOf(backend, changes).ask(questionOf({ workingFolder: repository, worker }), never());

const fakeCodex = `
case "$*" in *"mcp list"*) echo '[{"name":"files"},{"name":"od d.s"}]'; exit 0;; esac
out=; session=new-session
while [ $# -gt 0 ]; do case "$1" in -o) out=$2;; resume) session=$2;; esac; shift; done
cat > "$HOME/prompt"
[ "$session" = "$(cat "$HOME/lost" 2>/dev/null)" ] && { echo "no such session" >&2; exit 1; }
echo "{\\"type\\":\\"thread.started\\",\\"thread_id\\":\\"$session\\"}"
echo "noise that is no answer"
[ -f "$HOME/fail" ] && { echo '{"type":"turn.failed","error":{"message":"model overloaded"}}'; exit 1; }
printf 'answer of %s' "$session" > "$out"`;

describe('codex as controller', () => {
  test('is sandboxed read-only in the repository, and its last message is the answer, not its output', async () => {
    install('codex', fakeCodex);
    expect(await ask('codex', { model: 'm1' })).toEqual({ is: 'answer', text: 'answer of new-session' });
    const [survey, run] = calls();
    expect(survey!.slice(-3)).toEqual(['mcp', 'list', '--json']);
    expect(survey!.join()).toContain('trust_level="untrusted"');
    expect(run!.slice(0, 4)).toEqual([repository, 'exec', '--sandbox', 'read-only']);
    expect(run).toEqual(
      expect.arrayContaining(['--skip-git-repo-check', '--ephemeral', '-m', 'm1', 'project_doc_max_bytes=0']),
    );
    expect(run!.at(-1)).toBe('-');
    expect(readFileSync(join(root, 'prompt'), 'utf8')).toContain('Which database');
    expect(scratchLeft()).toEqual([]);
  });

  test("every folder above is named untrusted, and every server of the user's is switched off by name", async () => {
    install('codex', fakeCodex);
    await ask('codex');
    const run = calls()[1]!;
    expect(run).toContain('mcp_servers={"files"={enabled=false},"od d.s"={enabled=false}}');
    const projects = run.find((word) => word.startsWith('projects='))!;
    for (const folder of [repository, root, '/']) expect(projects).toContain(`"${folder}"={trust_level="untrusted"}`);
  });

  test('isolated, it runs in an empty folder and without its tools', async () => {
    install('codex', fakeCodex);
    await ask('codex', { isolated: true });
    const run = calls()[1]!;
    expect(run[0]).toBe(join(scratchRoot, 'empty'));
    expect(run).toEqual(expect.arrayContaining(['features.shell_tool=false', 'features.unified_exec=false']));
    expect(run.join(' ')).not.toContain(repository);
  });

  test('when its servers cannot be listed it is not asked at all', async () => {
    install('codex', 'case "$*" in *mcp*) exit 2;; esac; touch "$HOME/asked"');
    expect(await ask('codex')).toMatchObject({
      failure: { is: 'unavailable', reason: expect.stringContaining('MCP servers') },
    });
    expect(existsSync(join(root, 'asked'))).toBe(false);
  });

  test('a model error is reported in its own words', async () => {
    install('codex', fakeCodex);
    writeFileSync(join(root, 'fail'), '');
    expect(await ask('codex')).toMatchObject({
      failure: { is: 'exit', code: 1, stderr: expect.stringContaining('model overloaded') },
    });
  });

  test('an exit without a last message is an empty answer, although it printed events', async () => {
    install('codex', 'case "$*" in *mcp*) echo "[]"; exit 0;; esac; cat >/dev/null; echo "{}"');
    expect(await ask('codex')).toEqual({ is: 'failure', failure: { is: 'empty' } });
  });

  test('three megabytes of events are no answer and no fault', async () => {
    install('codex', fakeCodex.replace('echo "noise', 'yes "{}" | head -c 3000000; echo "noise'));
    expect(await ask('codex')).toMatchObject({ is: 'answer' });
  });

  test('an answer file that is a link elsewhere is not followed', async () => {
    writeFileSync(join(root, 'secret'), 'secret');
    install('codex', fakeCodex.replace(/printf 'answer.*/, 'ln -s "$HOME/secret" "$out"'));
    expect(await ask('codex')).toMatchObject({
      failure: { is: 'unavailable', reason: expect.stringContaining('link') },
    });
  });

  test('with resume the conversation of each worker goes on, still read-only, and no other is mixed in', async () => {
    install('codex', fakeCodex);
    const controller = controllerOf('codex', { resume: true });
    const say = (worker: string) => controller.ask(questionOf({ workingFolder: repository, worker }), never());
    await say('a');
    await say('b');
    await say('a');
    const runs = calls().filter((call) => call[1] === 'exec');
    expect(runs.map((run) => run.includes('resume'))).toEqual([false, false, true]);
    expect(runs[2]!.slice(-3)).toEqual(['resume', 'new-session', '-']);
    expect(runs[2]!.slice(1, 4)).toEqual(['exec', '--sandbox', 'read-only']);
    expect(runs.every((run) => !run.includes('--ephemeral'))).toBe(true);
  });

  test('a conversation that is lost is begun anew, once', async () => {
    install('codex', fakeCodex);
    const controller = controllerOf('codex', { resume: true });
    const say = () => controller.ask(questionOf({ workingFolder: repository }), never());
    await say();
    writeFileSync(join(root, 'lost'), 'new-session');
    expect(await say()).toMatchObject({ failure: { is: 'exit' } });
    rmSync(join(root, 'lost'));
    expect(await say()).toMatchObject({ is: 'answer' });
    expect(calls().filter((call) => call[1] === 'exec')).toHaveLength(4);
  });
});

describe('the other agent programs', () => {
  test('claude runs in the repository with reading tools only, and without its settings and servers', async () => {
    install('claude', 'cat >/dev/null; echo hello');
    expect(await ask('claude')).toEqual({ is: 'answer', text: 'hello\n' });
    expect(calls()[0]).toEqual(
      expect.arrayContaining([repository, '-p', '--strict-mcp-config', '--setting-sources', 'user', 'Read,Grep,Glob']),
    );
    await ask('claude', { isolated: true });
    expect(calls()[1]![0]).toBe(join(scratchRoot, 'empty'));
    expect(calls()[1]!.join(' ')).not.toContain('Read');
  });

  test('what claude prints where it fails is the reason, with secrets masked, and no answer', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    install('claude', `cat >/dev/null; echo a warning >&2; echo 'Not logged in ${secret} · Please run /login'; exit 1`);
    const reply = await ask('claude');
    expect(reply).toMatchObject({ is: 'failure', failure: { is: 'exit', code: 1 } });
    const words = describeFailure((reply as Extract<typeof reply, { is: 'failure' }>).failure);
    expect(words).toMatch(/^the controller exited with 1: Not logged in .* · Please run \/login$/);
    expect(words).not.toContain(secret);
  });

  test('gemini runs in an empty folder and looks into the repository from there', async () => {
    install('gemini', 'cat >/dev/null; echo hello');
    await ask('gemini');
    expect(calls()[0]![0]).toBe(join(scratchRoot, 'empty'));
    expect(calls()[0]).toEqual(
      expect.arrayContaining(['--approval-mode', 'default', '--include-directories', repository]),
    );
    await ask('gemini', { isolated: true });
    expect(calls()[1]).not.toContain(repository);
  });

  test('opencode runs its plan agent with every tool denied but reading', async () => {
    install('opencode', 'cat >/dev/null; echo "$OPENCODE_PERMISSION $OPENCODE_DISABLE_PROJECT_CONFIG"');
    const reply = (await ask('opencode')) as { text: string };
    expect(reply.text).toContain('"*":"deny"');
    expect(reply.text.trim().endsWith('1')).toBe(true);
    expect(calls()[0]).toEqual(expect.arrayContaining(['run', '--agent', 'plan', '--pure']));
    expect(((await ask('opencode', { isolated: true })) as { text: string }).text).not.toContain('allow');
  });

  test('an empty folder that is not empty any more is not used again', async () => {
    install('gemini', 'cat >/dev/null; touch left; echo hello');
    await ask('gemini');
    await ask('gemini');
    expect(calls()[1]![0]).not.toBe(join(scratchRoot, 'empty'));
    expect(existsSync(calls()[1]![0]!)).toBe(false);
  });

  test.each([
    ['codex', '--dangerously-bypass-approvals-and-sandbox'],
    ['codex', '--sandbox danger-full-access'],
    ['codex', '-s workspace-write'],
    ['codex', '--sandbox=workspace-write'],
    ['codex', '-sworkspace-write'],
    ['codex', '-c sandbox_mode=danger-full-access'],
    ['codex', '--config=sandbox_mode="danger-full-access"'],
    ['codex', '--full-auto'],
    ['codex', '--yolo'],
    ['codex', '--add-dir /'],
    ['claude', '--dangerously-skip-permissions'],
    ['claude', '--permission-mode acceptEdits'],
    ['claude', '--permission-mode=bypassPermissions'],
    ['claude', '--allowedTools Bash'],
    ['claude', '--allowed-tools=Bash'],
    ['claude', '--settings other.json'],
    ['claude', '--worktree'],
    ['claude', '-w'],
    ['claude', '--bg'],
    ['claude', '--agents={}'],
    ['claude', '--permission-prompt-tool mcp'],
    ['claude', '--remote-control'],
    ['gemini', '--yolo'],
    ['gemini', '-y'],
    ['gemini', '--approval-mode=auto_edit'],
    ['opencode', '--auto'],
    ['opencode', '--agent build'],
  ] as const)('%s is refused the extra argument %s', (backend, extraArgs) => {
    expect(() => controllerOf(backend, { extraArgs })).toThrow(/read-only/);
  });

  test('harmless extra arguments reach the program as they were written', async () => {
    install('codex', fakeCodex);
    await ask('codex', { extraArgs: `-c model_reasoning_effort="high" -p 'my profile'` });
    expect(calls()[1]).toEqual(expect.arrayContaining(['model_reasoning_effort=high', 'my profile']));
  });
});

test('what a bridge that died left behind is removed at the next start, and a living one keeps its own', async () => {
  mkdirSync(join(scratchRoot, 'ask-999999999-abc'), { recursive: true });
  mkdirSync(join(scratchRoot, `ask-${process.pid}-abc`));
  mkdirSync(join(scratchRoot, 'empty'));
  expect(await reapScratch(scratchRoot)).toBe(1);
  expect(readdirSync(scratchRoot).sort()).toEqual([`ask-${process.pid}-abc`, 'empty']);
  expect(await reapScratch(join(root, 'never-made'))).toBe(0);
});
