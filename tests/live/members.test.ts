import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, makeHome, makeWork, program, run, startBridge } from './bridge-process.ts';

/** Agents that join from panes which nobody has labelled: real panes, a real bridge, and its own command run by the agents. */

let tmux: PrivateTmux;
let home: string;
let bridge: BridgeProcess | null = null;

beforeEach(() => {
  tmux = privateTmux();
  home = makeHome(tmux, 'mode: manual\n');
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  bridge = null;
  await tmux.stop();
});

const tool = (...args: string[]) => ({ run: [process.execPath, program, ...args, '--home', home] });
const command = (...args: string[]) => run(tmux, [...args, '--home', home]);
const json = async <T>(...args: string[]) => JSON.parse((await command(...args, '--json')).stdout) as T;

interface Member {
  readonly name: string;
  readonly fullName: string;
  readonly state: string;
  readonly pane: string | null;
  readonly model: string;
  readonly role: string;
  readonly groups: string[];
  readonly unread: number;
  readonly isEnabled: boolean;
}
const members = () => json<Member[]>('members');

/** An agent in a pane without a label. @param project the folder that it works in */
function agent(name: string, project = 'shop', under: 'alone' | 'shell' = 'alone'): Promise<ScriptedAgent> {
  const workingFolder = makeWork(tmux, project);
  return startScriptedAgent({ tmux, session: name, name, script: { inputs: [] }, workingFolder, under });
}

async function watch(): Promise<BridgeProcess> {
  bridge = await startBridge(tmux, home, []);
  return bridge;
}

/** What one of its commands printed. */
async function does(who: ScriptedAgent, ...args: string[]) {
  const before = ranBy(who).length;
  await who.perform({ play: [tool(...args)], input: 'go' });
  return waitFor('the agent has run it', () => ranBy(who)[before], { limitMs: 30_000 });
}
const ranBy = (who: ScriptedAgent) => who.facts().flatMap((fact) => (fact.ran === undefined ? [] : [fact.ran]));
const joins = (who: ScriptedAgent, as: string, ...more: string[]) =>
  does(who, 'join', '--group', 'shop', '--as', as, ...more);
/** What came into its pane, without the ids. */
const inputs = (who: ScriptedAgent) => who.inputs().map((text) => text.replace(/ #\w+\]/, ']'));
const comes = (who: ScriptedAgent, text: string | RegExp) =>
  waitFor(
    `${text} comes`,
    () => inputs(who).find((input) => (typeof text === 'string' ? input === text : text.test(input))),
    {
      limitMs: 30_000,
      describe: () => tmux.screen(who.paneId),
    },
  );

test('an agent joins from the pane that its processes show, gets mail there, and is not supervised', async () => {
  const [lead, second] = [await agent('one'), await agent('two')];
  await watch();
  const joined = await joins(lead, 'codex', '--model', 'gpt-6', '--role', 'lead');
  expect(joined, joined.stderr).toMatchObject({
    code: 0,
    stdout: `you are codex in shop, in pane ${lead.paneId} (shown by its processes)\nnext: bridge roster shop\n`,
  });
  const other = await joins(second, 'codex');
  expect(other.stdout).toBe(
    [
      `you are codex-2 in shop, in pane ${second.paneId} (shown by its processes)`,
      'codex is another: your name has a number',
      'told of it: codex',
      'next: bridge roster shop',
      '',
    ].join('\n'),
  );
  await comes(lead, '[codex-2 -> codex] codex-2 has joined shop (no reply needed)');
  expect(await command('tell', 'codex-2', 'Look at the tests.')).toMatchObject({ code: 0 });
  await comes(second, '[human -> codex-2] Look at the tests.');
  // joining again says what has changed, and nobody is told
  expect((await joins(second, 'codex', '--role', 'reviewer')).stdout).not.toContain('told of it');
  await waitFor('both rest', async () => (await members()).every(({ state }) => state === 'idle'));
  expect(await members()).toMatchObject([
    {
      name: 'codex',
      fullName: 'shop/codex',
      state: 'idle',
      pane: lead.paneId,
      model: 'gpt-6',
      role: 'lead',
      groups: ['shop'],
    },
    { name: 'codex-2', state: 'idle', pane: second.paneId, role: 'reviewer' },
  ]);
  const roster = await does(second, 'roster', 'shop');
  expect(roster.stdout).toMatch(
    /^NAME +ROLE +MODEL +STATE +SEEN\ncodex +lead +gpt-6 +idle +now\ncodex-2 +reviewer +- +\w+ +now\nto one: /,
  );
  expect((await does(second, 'whoami')).stdout).toMatch(/^codex-2 \(verified\): /);
  // what it asks is between it and whoever sits there
  await second.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await second.perform({ dialog: 'rm -r build' });
  await waitFor('its dialog is seen', async () => (await members())[1]!.state === 'dialog');
  expect(await json('requests', '--all')).toEqual([]);
  expect(inputs(lead)).toHaveLength(1);
});

test('ten that join at once are ten, and each is told of once', async () => {
  const agents = await Promise.all(Array.from({ length: 10 }, (_, index) => agent(`a${index}`)));
  await watch();
  const joined = await Promise.all(agents.map((one) => joins(one, 'codex')));
  expect(joined.map(({ code }) => code)).toEqual(agents.map(() => 0));
  const names = joined.map(({ stdout }) => /^you are (\S+)/.exec(stdout)![1]!);
  expect(new Set(names).size).toBe(10);
  expect((await members()).map(({ name }) => name).sort()).toEqual([...names].sort());
  await waitFor('all of it has come', async () => (await members()).every(({ unread }) => unread === 0), {
    limitMs: 60_000,
  });
  const told = agents.flatMap((one) => inputs(one)).filter((text) => text.includes('has joined shop'));
  // each of those that were there before, once: 0 + 1 + … + 9
  expect(told).toHaveLength(45);
  expect(new Set(told).size).toBe(45);
}, 120_000);

test('without a bridge ten that join at once are ten, and a bridge that starts later has their mail', async () => {
  const agents = await Promise.all(Array.from({ length: 10 }, (_, index) => agent(`a${index}`)));
  const joined = await Promise.all(agents.map((one) => joins(one, 'codex')));
  const names = joined.map(({ stdout }) => /^you are (\S+)/.exec(stdout)?.[1]);
  expect(new Set(names).size).toBe(10);
  expect(joined[0]!.stdout).toContain('no bridge watches your pane now');
  await command('tell', names[3]!, 'Are you there?', '--wait', '0');
  await watch();
  await comes(agents[3]!, `[human -> ${names[3]}] Are you there?`);
}, 120_000);

test('a name outlives its pane and the bridge: the next agent of that name and project has the mail that waited', async () => {
  const [lead, first] = [await agent('one'), await agent('two')];
  await watch();
  await joins(lead, 'lead');
  await joins(first, 'coder');
  await bridge!.stop();
  await watch();
  expect(await command('tell', 'coder', 'one')).toMatchObject({ code: 0 });
  await tmux.run('kill-pane', '-t', first.paneId);
  await bridge!.line('lost', (line) => line.type === 'worker-lost');
  expect(await command('tell', 'coder', 'two')).toMatchObject({ code: 2, stdout: expect.stringMatching(/offline/) });
  expect(await members()).toMatchObject([{ name: 'coder', state: 'gone', pane: null, unread: 1 }, { name: 'lead' }]);
  await bridge!.stop();
  // of another project it is another one
  const stranger = await agent('three', 'blog');
  const second = await agent('four');
  await watch();
  expect((await does(stranger, 'join', '--group', 'blog', '--as', 'coder')).stdout).toMatch(/^you are blog\/coder /);
  const back = await joins(second, 'coder', '--model', 'm');
  expect(back.stdout).toMatch(/^you are shop\/coder [\s\S]*the name waited for you\nunread: 1/);
  expect(back.stdout).not.toContain('told of it');
  await comes(second, '[human -> shop/coder] two');
  expect(inputs(second)).toEqual(['[human -> shop/coder] two']);
  // who leaves keeps its name, and is watched no more
  expect((await does(second, 'leave')).stdout).toBe('shop/coder has left shop; its name stays\n');
  await bridge!.line('left', (line) => line.type === 'worker-lost' && line.paneId === second.paneId);
  expect(await command('tell', 'shop/coder', 'three')).toMatchObject({ code: 2 });
});

test('a worker that joins keeps the mail of the name that it had, and a disabled one gets nothing until it is enabled', async () => {
  const [lead, worker] = [await agent('one'), await agent('two')];
  await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
  await watch();
  await joins(lead, 'lead');
  const joined = await joins(worker, 'codex');
  expect(joined.stdout).toContain('you were worker, and that name goes on to be yours');
  const byOldName = await command('tell', 'worker', 'by the old name');
  expect([byOldName.code, byOldName.stdout, byOldName.stderr]).toMatchObject([0, expect.any(String), '']);
  await comes(worker, '[human -> codex] by the old name');
  expect(await command('disable', 'codex')).toMatchObject({ code: 0, stdout: 'codex is disabled\n' });
  expect(await command('tell', 'codex', 'nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is disabled'),
  });
  expect(await command('tell', 'codex', 'lead', 'nothing')).toMatchObject({ code: 1 });
  expect(await does(worker, 'inbox')).toMatchObject({ code: 1, stderr: expect.stringContaining('gets nothing') });
  // a group is written to without it
  const toGroup = await command('tell', '@shop', 'to the others');
  expect([toGroup.code, toGroup.stdout, toGroup.stderr]).toMatchObject([0, expect.any(String), '']);
  await comes(lead, '[human -> lead] to the others');
  await command('enable', 'codex');
  expect(await command('broadcast', 'to all')).toMatchObject({ code: 0 });
  for (const [one, name] of [
    [lead, 'lead'],
    [worker, 'codex'],
  ] as const)
    await comes(one, `[human -> ${name}] to all`);
  expect(inputs(worker)).toHaveLength(2);
  // no agent decides about another
  for (const args of [
    ['disable', 'codex'],
    ['remove', 'codex'],
    ['rename', 'codex', 'x'],
    ['add', 'x', '--revive', 'true'],
  ])
    expect([args[0], (await does(lead, ...args)).code]).toEqual([args[0], 1]);
  expect(await command('rename', 'codex', 'coder')).toMatchObject({ code: 0 });
  expect(await command('resolve', 'coder')).toMatchObject({ code: 0, stdout: `${worker.paneId}\n` });
  // its pane is a worker's: it would be back
  expect(await command('remove', 'lead')).toMatchObject({ code: 0 });
  expect((await members()).map(({ name }) => name)).toEqual(['coder']);
});

test('a rule that names a member has what it asks answered', async () => {
  const rule = `policy:\n  - when: { worker: codex, text: /database/ }\n    answer: SQLite.\n`;
  writeFileSync(join(home, 'bridge.yaml'), `mode: manual\n${rule}`);
  const [one, two] = [await agent('one'), await agent('two')];
  await watch();
  // no agent takes a name to which a rule is
  await command('add', 'codex', one.paneId, '--group', 'shop');
  await joins(two, 'other');
  await comes(one, '[other -> codex] other has joined shop (no reply needed)');
  await two.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await one.perform({ play: [{ request: 'Which database?' }], input: 'go' });
  await comes(one, 'SQLite.');
  expect(await json('requests', '--all')).toMatchObject([{ worker: 'codex', text: 'Which database?' }]);
});

test('what cannot join is said, and nothing of it is kept', async () => {
  const lead = await agent('one');
  await watch();
  for (const [args, reason] of [
    [['--as', '../x'], /invalid member/],
    [['--as', 'two\nlines'], /invalid member/],
    [['--as', 'human'], /invalid member/],
    [['--as', 'shop/x'], /has a project/],
    [['--as', 'x', '--role', 'a\nb'], /not one line/],
  ] as const)
    expect([args, await does(lead, 'join', '--group', 'shop', ...args)]).toMatchObject([
      args,
      { code: 64, stderr: expect.stringMatching(reason) },
    ]);
  expect(await does(lead, 'join', '--group', '../shop')).toMatchObject({ code: 64 });
  // a shell of a person is no member
  expect(await command('join', '--group', 'shop')).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/nothing shows/),
  });
  expect(await members()).toEqual([]);
  // a person names the pane of an agent
  expect(await command('join', '--group', 'shop', '--as', 'x', '--pane', lead.paneId)).toMatchObject({ code: 0 });
  expect(await members()).toMatchObject([{ name: 'x', pane: lead.paneId }]);
});

test('a label may be any text, and be on several panes: then each of them is named', async () => {
  const label = 'my agent 🚀: v1.0';
  const [one, two] = [await agent('one'), await agent('two')];
  const labelled = (who: ScriptedAgent, text: string) => tmux.run('set-option', '-p', '-t', who.paneId, '@label', text);
  await labelled(one, label);
  await labelled(two, `${label} too`);
  expect(await command('resolve', label)).toMatchObject({ code: 0, stdout: `${one.paneId}\n` });
  await labelled(two, label);
  const several = await command('resolve', label);
  expect(several).toMatchObject({ code: 1, stderr: expect.stringContaining('is ambiguous') });
  for (const { paneId } of [one, two]) expect(several.stderr).toContain(paneId);
});

test('an invitation is one line, and its file is written once', async () => {
  const file = join(home, 'join.md');
  const line = await command('invite', '--group', 'shop');
  expect(line).toMatchObject({ code: 0, stdout: expect.stringContaining(`Read ${file} `) });
  expect(line.stdout.trimEnd()).not.toContain('\n');
  const written = await json<{ isWritten: boolean }>('invite');
  expect(written.isWritten).toBe(false);
  rmSync(file);
  expect(await json('invite', '--write')).toMatchObject({ isWritten: true, file });
});

test('bridge.yaml names members that have no pane yet, with or without a bridge', async () => {
  const yaml =
    'mode: manual\nmembers:\n  - { name: shop/critic, role: reads, groups: [shop] }\n  - { name: asleep, enabled: false }\n';
  writeFileSync(join(home, 'bridge.yaml'), yaml);
  expect(await command('tell', '@shop', 'for later', '--wait', '0')).toMatchObject({ code: 2 });
  expect(await members()).toMatchObject([
    { name: 'asleep', isEnabled: false, state: 'gone' },
    { name: 'critic', fullName: 'shop/critic', role: 'reads', groups: ['shop'], unread: 1 },
  ]);
  const critic = await agent('one');
  await watch();
  await joins(critic, 'critic');
  await comes(critic, '[human -> critic] for later');
});

test('every agent of a server is found, and added under a name of its own', async () => {
  const [one, two] = [await agent('one'), await agent('two')];
  await tmux.run('new-session', '-d', '-s', 'shell', 'bash --norc --noprofile');
  const bridge = await watch();
  const found = () =>
    json<Array<{ pane: string; agent: string; member: string | null }>>('discover', '--socket', tmux.socketPath);
  expect(await found()).toMatchObject([one, two].map(({ paneId }) => ({ pane: paneId, agent: 'codex', member: null })));
  const added = await command('discover', '--socket', tmux.socketPath, '--add');
  expect(added, added.stderr).toMatchObject({ code: 0 });
  expect((await found()).map(({ member }) => member)).toEqual(['codex', 'codex-2']);
  await bridge.line('both are watched', () => bridge.lines.filter((line) => line.type === 'worker-found').length === 2);
  expect(await command('tell', 'codex-2', 'hello')).toMatchObject({ code: 0 });
  await comes(two, '[human -> codex-2] hello');
  for (const line of added.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

/** A command that starts an agent in a pane without a label, as a person would write it. */
function starter(name: string, project = 'shop'): { readonly argv: string[]; readonly inputs: () => string[] } {
  const log = join(tmux.folder, `${name}.log`);
  const script = join(tmux.folder, `start-${name}`);
  const run = `exec -a codex ${process.execPath} ${join(tmux.folder, 'codex')} --log ${log} --name ${name}`;
  const open = `tmux -S ${tmux.socketPath} -f /dev/null new-session -d -s ${name} -x 120 -y 40 -c ${makeWork(tmux, project)}`;
  writeFileSync(
    script,
    `#!/bin/sh\necho "$BRIDGE_MEMBER" >> ${join(tmux.folder, 'revived')}\n${open} "bash --norc --noprofile -c '${run}'"\n`,
  );
  chmodSync(script, 0o700);
  const inputs = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter(Boolean)
          .flatMap((line) => (JSON.parse(line) as { input?: string }).input ?? [])
      : [];
  return { argv: [script, 'a b'], inputs };
}
const revived = () => readFileSync(join(tmux.folder, 'revived'), 'utf8').trim().split('\n');

test.each([
  ['whose pane is gone', 'alone'],
  ['whose agent has left a shell behind', 'shell'],
] as const)(
  'a member %s is started anew for what waits, once, and is known by its name',
  async (_, under) => {
    const [lead, coder] = [await agent('one'), await agent('two', 'shop', under)];
    const again = starter('again');
    const bridge = await watch();
    await joins(lead, 'lead');
    await joins(coder, 'coder');
    const words = again.argv.map((word) => `'${word}'`).join(' ');
    expect(await command('add', 'coder', '--revive', words)).toMatchObject({ code: 0, stdout: 'coder is changed\n' });
    process.kill(coder.pid, 'SIGKILL');
    const gone = under === 'alone' ? 'gone' : 'exited';
    await waitFor('it is seen to be gone', async () => (await members()).some(({ state }) => state === gone));
    await command('tell', 'coder', 'one', '--wait', '0');
    await command('tell', 'coder', 'two', '--wait', '0');
    await bridge.line('it is back', (line) => line.text === 'coder is back', 60_000);
    await waitFor('what waited has come', () => again.inputs().length === 2, { limitMs: 30_000 });
    expect(again.inputs().map((text) => text.replace(/^.*\] /, ''))).toEqual(['one', 'two']);
    expect(revived()).toEqual(['shop/coder']);
    expect(await members()).toMatchObject([{ name: 'coder', groups: ['shop'], unread: 0 }, { name: 'lead' }]);
  },
  120_000,
);

test('a revive command that fails is said, and its mail waits; no agent names one, and no project', async () => {
  const lead = await agent('one');
  const yaml =
    'mode: manual\nmembers:\n  - { name: shop/coder, revive: [sh, -c, "echo no such session >&2; exit 3"] }\n';
  writeFileSync(join(home, 'bridge.yaml'), yaml);
  const bridge = await watch();
  await joins(lead, 'lead');
  await command('tell', 'coder', 'one', '--wait', '0');
  const failed = await bridge.line('said', (line) => /coder is not back/.test(String(line.text)));
  expect(failed.text).toMatch(/its revive command ended with 3: no such session; its revive command is not run again/);
  await bridge.stop();
  const next = await watch();
  await command('tell', 'coder', 'two', '--wait', '0');
  await waitFor('both wait', async () => (await members())[0]!.unread === 2);
  expect(next.lines.filter((line) => /revive/.test(String(line.text)))).toEqual([]);
  expect((await does(lead, 'add', 'coder', '--revive', 'true')).stderr).toContain(
    'only you may say which command is run',
  );
});
