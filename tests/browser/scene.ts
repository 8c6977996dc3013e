import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { PrivateTmux } from '../fixtures/private-tmux.ts';
import { type Script, type ScriptedAgent, startScriptedAgent } from '../fixtures/scripted-agent.ts';
import { type BridgeProcess, makeHome, makeWork, program, run, startBridge } from '../live/bridge-process.ts';

/** A bridge at work: three projects, six agents, requests of each kind, mail that waits and a thread that is held. */
export interface Scene {
  readonly home: string;
  readonly bridge: BridgeProcess;
  readonly agents: Readonly<Record<string, ScriptedAgent>>;
  command(
    ...args: string[]
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** one that lets a browser in, once */
  link(): Promise<string>;
  close(): Promise<void>;
}

const team = [
  ['shop', 'coder'],
  ['shop', 'tester'],
  ['shop', 'lead'],
  ['docs', 'writer'],
  ['docs', 'reader'],
  ['infra', 'deployer'],
] as const;

/** @param phone a server that takes what is sent to a phone, and to a chat */
const yamlFor = (phone: string) => `mode: auto
worker: [${team.map(([, name]) => name).join(', ')}]
controller: { backend: rules }
limits: { message-rounds: 3 }
policy:
  - when: { kind: request, text: '/which port/i' }
    answer: "8080, as in config/staging.toml."
  - when: { kind: approval, command: '^npm test$' }
    choose: "Yes, proceed"
  - when: { kind: completion }
    then: ignore
notify:
  bell: false
  ntfy: { url: ${phone}/my-agents }
  webhook: { url: ${phone}/chat, settled: true }
  rules:
    - { kinds: [mail], ways: [ntfy] }
    - { kinds: [request, dialog], members: ["infra/*"], ways: [ntfy, webhook] }
    - { hours: "08:00-18:30", ways: [webhook] }
    - { ways: [ntfy] }
`;

export async function startScene(tmux: PrivateTmux): Promise<Scene> {
  const phone = createServer((_request, reply) => reply.end()).listen(0, '127.0.0.1');
  await once(phone, 'listening');
  const home = makeHome(tmux, yamlFor(`http://127.0.0.1:${(phone.address() as AddressInfo).port}`));
  const agents: Record<string, ScriptedAgent> = {};
  for (const [project, name] of team) agents[name] = await startMember(tmux, project, name);
  const bridge = await startBridge(tmux, home, [], { env: { PATH: `${programsOf(tmux)}:${process.env.PATH}` } });
  for (const [, name] of team)
    await bridge.line(
      `${name} is watched`,
      ({ type, worker }) => type === 'worker-found' && String(worker).endsWith(name),
    );
  const command = (...args: string[]) => run(tmux, [...args, '--home', home]);
  const json = async (...args: string[]) => JSON.parse((await command(...args, '--json')).stdout);
  await command('serve', '--port', '0');
  const close = async () => {
    await bridge.stop('SIGKILL');
    phone.close();
  };
  return { home, bridge, agents, command, close, link: async () => (await json('dashboard', '--print')).link };
}

/** Two programs of the catalogue that can be started: in the place of each is the scripted agent. */
function programsOf({ folder }: PrivateTmux): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec ${process.execPath} ${join(folder, 'codex')} --style codex --name shop\n`;
  for (const name of ['codex', 'claude']) writeFileSync(join(bin, name), script, { mode: 0o755 });
  return bin;
}

async function startMember(tmux: PrivateTmux, project: string, name: string): Promise<ScriptedAgent> {
  const agent = await startScriptedAgent({
    ...{ tmux, session: project, name, workingFolder: makeWork(tmux, project), under: 'alone' },
    ...{ width: 96, height: 28, script: { inputs: [{ do: [{ say: 'Noted.' }] }] } satisfies Script },
  });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', name);
  return agent;
}

/** What has happened until somebody looks. */
export async function play({ home, agents, bridge, command }: Scene): Promise<void> {
  const asks = (name: string, request: string, before?: string) =>
    agents[name]!.perform({ play: [{ busy: 200 }, { request, before }], input: 'Go on with the plan.' });
  for (const [count, service] of ['shop', 'search', 'mail', 'billing'].entries()) {
    await asks('tester', `Which port does ${service} use on staging?`);
    // its receipt, too: what it does next must not be taken for what that answer did
    const isConfirmed = () =>
      bridge.lines.filter(({ type, state }) => type === 'request-changed' && state === 'delivered').length > count;
    await bridge.line('the rule has answered', isConfirmed);
  }
  await command('tell', 'writer', 'Chapter 3 says Node 18; the package wants 20.19. Please put it right.');
  await command('post', 'release/1.4', 'The plan for 1.4: staging today, production tomorrow at nine.', '--to', 'lead');
  await command('post', 'release/1.4', 'Who writes the notes?', '--to', 'writer');
  const tells = (name: string, ...args: string[]) =>
    agents[name]!.perform({ run: [process.execPath, program, ...args, '--home', home] });
  await tells('writer', 'post', 'release/1.4', 'I do: they stand in docs/release-1.4.md.', '--to', 'lead');
  for (let round = 1; round <= 5; round++) {
    await tells('lead', 'tell', 'tester', `Round ${round}: is the build green?`);
    await tells('tester', 'tell', 'lead', `Round ${round}: not yet.`);
  }
  await command('disable', 'reader');
  await asks(
    'coder',
    'The orders table has no index on customer_id, and the report takes 40 s.\n\nA: add the index now (a lock of about 2 s on production)\nB: a materialised view, refreshed each hour\n\nWhich one?',
  );
  await agents.deployer!.perform({
    play: [
      { say: 'The image is built. I deploy it to staging next.' },
      { dialog: 'kubectl -n staging rollout restart deploy/shop' },
    ],
    input: 'Deploy 1.4 to staging.',
  });
  await bridge.line(
    'the dialog is yours',
    ({ type, worker }) => type === 'human-needed' && String(worker).endsWith('deployer'),
  );
  await bridge.line(
    'the question is yours',
    ({ type, worker }) => type === 'human-needed' && String(worker).endsWith('coder'),
  );
  await asks('tester', 'Which port does the archive use on staging?');
  await bridge.line(
    'the rule has answered again',
    () => bridge.lines.filter(({ type, state }) => type === 'request-changed' && state === 'delivered').length > 4,
  );
  await agents.lead!.perform({ busy: true });
  await command('tell', 'lead', 'When you have a moment: is 1.4 ready for production?');
}
