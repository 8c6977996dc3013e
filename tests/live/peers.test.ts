import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { ScriptedAgent, Step } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, inState, type Line, program, run } from './bridge-process.ts';
import { command, eachMailTestStarts, found, home, member, tmux, tool, watch } from './mail-fixture.ts';

/** Who of the agents may answer what another asks, and choose in its dialog: whom `peers:` of the state directory names, and nobody else. */

const yaml = `peers:
  - { member: lead, may: [answer, choose], workers: [coder, lead] }
  - { member: coder, may: [answer, choose] }
  - { member: helper, may: [answer] }
`;
eachMailTestStarts({ workers: ['lead', 'coder', 'critic', 'helper'], yaml });

/** What one of its commands printed. */
async function does(who: ScriptedAgent, args: readonly string[], env: Record<string, string> = {}) {
  return ranBy(who, { ...tool(...args), env: { NO_COLOR: '1', ...env } });
}

async function ranBy(who: ScriptedAgent, step: ReturnType<typeof tool> & { env?: Record<string, string> }) {
  const all = () => who.facts().flatMap(({ ran }) => (ran === undefined ? [] : [ran]));
  const before = all().length;
  await who.perform(step);
  return waitFor('the agent has run it', () => all()[before], { limitMs: 30_000 });
}

async function watched(...names: string[]): Promise<BridgeProcess> {
  const watching = await watch();
  for (const name of names) await watching.line(`${name} is watched`, found(name));
  return watching;
}

/** The next request of this agent that is put to the person. */
async function asks(name: string, watching: BridgeProcess, who: ScriptedAgent, step: Step): Promise<string> {
  const isIts = (line: Line) => inState('asked')(line) && line.worker === name;
  const before = watching.lines.filter(isIts).length;
  await who.perform(step);
  return waitFor('it is asked', () => watching.lines.filter(isIts)[before]?.id as string | undefined, {
    limitMs: 30_000,
  });
}

const question = (text: string) => ({ play: [{ request: text }], input: 'go' });

const refused = (reason: RegExp) => ({ code: 1, stderr: expect.stringMatching(reason) });
const shown = async (id: string) => JSON.parse((await command('show', id, '--json')).stdout);

test('a member that bridge.yaml names answers for those it names, by `answer` and by `reply`; who answered is kept and shown', async () => {
  const [lead, coder, critic] = [await member('lead'), await member('coder'), await member('critic')];
  const watching = await watched('lead', 'coder', 'critic');
  const first = await asks('coder', watching, coder, question('Shall I go on?'));
  const no = await does(critic, ['answer', first, 'Yes.']);
  expect(no).toMatchObject(
    refused(/no agent answers itself or another one.*does not let critic\/critic answer requests/),
  );
  expect(no.stderr).toMatch(/shell of your own.*`peers:` in the bridge\.yaml of the state directory/);
  expect(await does(lead, ['answer', first, 'Yes, go on.'])).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['Yes, go on.']);
  expect((await shown(first)).answer).toMatchObject({ by: 'member:lead/lead', instructions: 'Yes, go on.' });
  expect((await command('log')).stdout).toMatch(/by member:lead\/lead: Yes, go on\./);
  const second = await asks('coder', watching, coder, question('Which branch?'));
  expect(await does(critic, ['reply', second, 'main'])).toMatchObject(refused(/does not let critic/));
  expect(await does(lead, ['reply', second, 'main', '--ttl', '5m'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining(`bridge answer ${second}`),
  });
  expect(await does(lead, ['reply', second, 'main'])).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['Yes, go on.', 'main']);
  expect(await does(lead, ['reply', 'zzzz', 'main'])).toMatchObject({
    code: 64,
    stderr: expect.stringContaining("unknown message 'zzzz'"),
  });
  // of another worker it may not, and to end a request otherwise is nobody's but a person's
  const third = await asks('critic', watching, critic, question('And I?'));
  expect(await does(lead, ['answer', third, 'Yes.'])).toMatchObject(
    refused(/lets lead\/lead answer requests of coder, lead only/),
  );
  for (const words of [
    ['dismiss', third],
    ['settle', third],
    ['resume', 'critic'],
  ])
    expect([words, await does(lead, words)]).toEqual([words, expect.objectContaining(refused(/only you/))]);
  expect(critic.inputs()).toEqual([]);
});

test('nobody answers itself, whatever it is called and whoever it says it is', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watched('lead', 'coder');
  const token = (await command('token', 'add', 'leads', '--member', 'lead')).stdout.trim();
  const id = await asks('coder', watching, coder, question('Shall I go on?'));
  expect(await does(coder, ['answer', id, 'Yes.'])).toMatchObject(refused(/request of coder\/coder itself/));
  expect(await does(coder, ['reply', id, 'Yes.'])).toMatchObject(refused(/request of coder\/coder itself/));
  // the name and the token of one that may
  for (const env of [
    { BRIDGE_TOKEN: token },
    { TMUX_PANE: lead.paneId },
    { BRIDGE_TOKEN: token, TMUX_PANE: lead.paneId },
    { BRIDGE_TOKEN: 'bridge_forged' },
  ] as Record<string, string>[])
    expect([env, await does(coder, ['answer', id, 'Yes.'], env)]).toEqual([
      env,
      expect.objectContaining(refused(/no agent answers itself/)),
    ]);
  expect(coder.inputs()).toEqual([]);
  const own = await asks('lead', watching, lead, question('May I?'));
  expect(await does(lead, ['answer', own, 'Yes.'])).toMatchObject(refused(/request of lead\/lead itself/));
  expect(lead.inputs()).toEqual([]);
});

test('a disabled member may nothing, and neither may one whose name has gone to another pane', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watched('lead', 'coder');
  const id = await asks('coder', watching, coder, question('Shall I go on?'));
  expect(await command('disable', 'lead')).toMatchObject({ code: 0 });
  expect(await does(lead, ['answer', id, 'Yes.'])).toMatchObject(refused(/lead\/lead is disabled/));
  expect(await command('enable', 'lead')).toMatchObject({ code: 0 });
  await tmux.run('set-option', '-p', '-t', lead.paneId, '@label', 'critic');
  const next = await member('lead', { inputs: [] }, 2);
  await waitFor('it has the name', async () => (await does(next, ['whoami'])).stdout.startsWith('lead (verified)'), {
    limitMs: 30_000,
  });
  expect(await does(lead, ['answer', id, 'Yes.'])).toMatchObject(refused(/does not let lead\/critic|nothing shows/));
  expect(coder.inputs()).toEqual([]);
  expect(await does(next, ['answer', id, 'Yes.'])).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['Yes.']);
});

test('who may choose in dialogs chooses there; who may answer requests does not', async () => {
  const [lead, coder, helper] = [await member('lead'), await member('coder'), await member('helper')];
  const watching = await watched('lead', 'coder', 'helper');
  const id = await asks('coder', watching, coder, { play: [{ dialog: 'npm test' }, { busy: 300 }], input: 'go' });
  expect(await does(helper, ['answer', id, '--choose', '1'])).toMatchObject(
    refused(/does not let helper\/helper choose in dialogs/),
  );
  expect(await does(helper, ['answer', id, '1'])).toMatchObject(refused(/choose in dialogs/));
  expect(await does(coder, ['answer', id, '--choose', '1'])).toMatchObject(refused(/itself/));
  expect(coder.facts().some((fact) => fact.approved !== undefined)).toBe(false);
  const chosen = await does(lead, ['answer', id, '--choose', '1']);
  expect(chosen, chosen.stdout + chosen.stderr).toMatchObject({ code: 0 });
  await coder.fact('it was approved', ({ approved }) => approved !== undefined);
  expect((await shown(id)).answer).toMatchObject({ by: 'member:lead/lead' });
});

/** Runs what follows among processes of its own, as an agent's sandbox does; empty where this machine does not allow it. */
const apart = [
  ['unshare', '--pid', '--fork', '--mount-proc'],
  ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc'],
].find(([command, ...args]) => spawnSync(command!, [...args, 'true']).status === 0);

test.runIf(apart)('in a sandbox a name is a claim, and counts for nothing; a token shows who one is', async () => {
  const [lead, coder] = [await member('lead'), await member('coder')];
  const watching = await watched('lead', 'coder');
  const token = (await command('token', 'add', 'leads', '--member', 'lead')).stdout.trim();
  const id = await asks('coder', watching, coder, question('Shall I go on?'));
  const inSandbox = (who: ScriptedAgent, env: Record<string, string>) =>
    ranBy(who, { run: [...apart!, process.execPath, program, 'answer', id, 'Yes.', '--home', home], env });
  expect(await inSandbox(lead, {})).toMatchObject(refused(/runs under a sandbox.*nothing shows/));
  // its own environment still says where it is
  expect(await inSandbox(coder, { BRIDGE_TOKEN: token })).toMatchObject(refused(/request of lead\/lead itself/));
  expect(coder.inputs()).toEqual([]);
  expect(await inSandbox(lead, { BRIDGE_TOKEN: token })).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['Yes.']);
});

test('a project grants it to nobody, and no agent takes a name that has it', async () => {
  const [coder, critic] = [await member('coder'), await member('critic')];
  const watching = await watched('coder', 'critic');
  const folder = join(tmux.folder, 'granting');
  mkdirSync(folder);
  writeFileSync(join(folder, 'bridge.yaml'), 'peers:\n  - { member: critic, may: [answer] }\n');
  expect(await run(tmux, ['trust', folder])).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/peers: is not a project's to set/),
  });
  const id = await asks('coder', watching, coder, question('Shall I go on?'));
  expect(await does(critic, ['answer', id, 'Yes.'])).toMatchObject(refused(/does not let critic/));
  expect(await does(critic, ['join', '--group', 'shop', '--as', 'lead'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^you are lead-2 /),
  });
  expect(await does(critic, ['answer', id, 'Yes.'])).toMatchObject({ code: 1 });
  expect(coder.inputs()).toEqual([]);
});

test('without a bridge that runs it is the same', async () => {
  const [lead, coder, critic] = [await member('lead'), await member('coder'), await member('critic')];
  const watching = await watched('lead', 'coder', 'critic');
  const id = await asks('coder', watching, coder, question('Shall I go on?'));
  await watching.stop();
  expect(await does(critic, ['answer', id, 'Yes.'])).toMatchObject(refused(/does not let critic/));
  expect(await does(coder, ['answer', id, 'Yes.'])).toMatchObject(refused(/itself/));
  expect(await does(lead, ['answer', id, 'Yes.'])).toMatchObject({ code: 0 });
  expect(coder.inputs()).toEqual(['Yes.']);
});
