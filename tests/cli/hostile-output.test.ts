import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { viewOf } from '../../bridge/api/views.ts';
import { backUp } from '../../bridge/app/backup.ts';
import { commands } from '../../bridge/cli/commands.ts';
import { renderLive } from '../../bridge/cli/live-log.ts';
import { levelOf, recordOf } from '../../bridge/cli/live-record.ts';
import { makeOutput, paint, print, reportFault, table } from '../../bridge/cli/output.ts';
import { describePauses } from '../../bridge/cli/pauses.ts';
import { render } from '../../bridge/cli/show.ts';
import { renderRequest } from '../../bridge/controllers/mailbox-page.ts';
import type { DeliveryState } from '../../bridge/core/envelope.ts';
import type { PublicEvent, RequestKind } from '../../bridge/core/events.ts';
import { BridgeError } from '../../bridge/core/failure.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import { newMember } from '../../bridge/core/member.ts';
import type { MailState, Message, MessageId } from '../../bridge/core/message.ts';
import type { RequestState } from '../../bridge/core/request.ts';
import { Journal } from '../../bridge/journal/journal.ts';
import { happened, now, sampleDelivery, sampleRequest, somePane } from '../journal/samples.ts';

/** OSC 52 and 0, CSI as two bytes and as one, C1's OSC, CR, BS, NUL, a right-to-left override, zero width, a tag, a lone half. */
const evil =
  'x\u001b]52;c;AAAA\u0007\u001b]0;t\u001b\\\u001b[2J\u001b[8m\u009b31m\u009d0;t\u009c\r\u0008\u0000\u202e\u200b\u{e0041}\ud83d.';
const lines = `${evil}\n${evil}`;
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u200b\u2028\u2029]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/u;

const argvBefore = process.argv;

let folder: string;
let home: string;
let printed: { out: string; err: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-evil-'));
  home = join(folder, 'home');
  printed = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...more) => {
    const written = more.at(-1);
    if (typeof written === 'function') written();
    printed.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.err += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.argv = argvBefore;
  process.exitCode = 0;
  rmSync(folder, { recursive: true, force: true });
});

const answer = { by: evil, instructions: lines, notes: lines, at: now };
const states: RequestState[] = [
  { is: 'open' },
  { is: 'asked', of: 'human', why: evil, at: now },
  {
    is: 'asked',
    of: 'human',
    why: evil,
    at: now,
    doubt: { answer, deliveryId: 'd' as DeliveryId, delivery: 'uncertain', seen: { at: now, lines: [evil] } },
  },
  { is: 'answered', answer, deliveryId: 'd' as DeliveryId },
  { is: 'delivered', answer, deliveryId: 'd' as DeliveryId, at: now },
  { is: 'settled', answer, at: now, vouchedBy: evil },
  { is: 'withdrawn', reason: evil, at: now, notTyped: { answer, deliveryId: 'd' as DeliveryId } },
  { is: 'expired', at: now },
  { is: 'failed', reason: lines, at: now },
  { is: 'dismissed', by: evil, at: now },
];
const receipt = { evidence: 'agent-reports', at: now, typedAt: now, lines: [evil], door: evil, because: evil };
const deliveryStates = [
  { is: 'held', reason: 'gone', detail: evil, since: now },
  { is: 'acknowledged', receipt },
  { is: 'acknowledged', receipt: { ...receipt, via: 'native' } },
  { is: 'uncertain', reason: evil, seen: { at: now, lines: [evil] } },
  { is: 'failed', reason: evil },
  { is: 'cancelled', reason: evil },
] as unknown as DeliveryState[];

const requestIn = (state: RequestState, id = 'r1') =>
  sampleRequest(id, {
    worker: evil,
    agent: evil,
    claimed: evil,
    text: lines,
    context: lines,
    attributes: { [evil]: evil, to: evil },
    late: [answer],
    state,
  });
const deliveryIn = (state: DeliveryState, id = 'd1') => {
  const delivery = sampleDelivery(id, state, lines);
  return { ...delivery, envelope: { ...delivery.envelope, from: evil, to: evil } };
};

const mailStates: readonly MailState[] = [
  { is: 'waiting' },
  { is: 'held', why: evil, since: now },
  { is: 'offered', deliveryId: 'd1' as DeliveryId, as: 'text' },
  { is: 'submitted', as: 'doorbell', receipt, at: now },
  { is: 'uncertain', reason: evil, at: now },
  { is: 'read', at: now },
  { is: 'withdrawn', at: now },
];
/** Written to a member whose name can be typed, and to one whose name is no name. */
const message: Message = {
  ...{
    id: `m-${evil}` as MessageId,
    thread: evil,
    from: { name: evil, standing: 'claimed' },
    to: [evil, 'coder'],
    body: lines,
  },
  ...{ sentAt: now, causedBy: null, hops: 1, noReply: false },
};

function events(): PublicEvent[] {
  const place = { host: evil, server: somePane.server, paneId: somePane.paneId, socketPath: evil };
  const request = requestIn(states[1]!);
  const delivery = deliveryIn(deliveryStates[3]!);
  return [
    { type: 'said', level: 'warning', text: lines },
    { type: 'worker-found', worker: evil, agent: evil, ...place },
    { type: 'worker-lost', worker: evil, reason: evil, ...place },
    { type: 'state-changed', worker: evil, state: 'busy', why: evil, ...place },
    ...states.map(
      (state) => ({ type: 'request-changed', request: requestIn(state), what: evil as RequestKind }) as const,
    ),
    ...deliveryStates.map((state) => ({ type: 'delivery-changed', delivery: deliveryIn(state) }) as const),
    { type: 'agent-signalled', agent: evil, kind: 'turn-ended', event: evil, ...place },
    { type: 'signal-dropped', agent: evil, kind: 'turn-ended', event: evil, reason: evil },
    { type: 'would-send', request, text: lines, by: evil, press: evil },
    { type: 'would-ask', request, controller: evil },
    { type: 'would-notify', request, why: evil },
    { type: 'human-needed', request, why: evil },
    { type: 'answer-not-typed', request, by: evil, why: evil, isAwaited: false },
    { type: 'letter-stranded', delivery, why: evil },
    { type: 'controller-replied', request, by: evil, text: evil },
    { type: 'message-sent', message },
    { type: 'human-told', message },
    ...mailStates.map(
      (state) => ({ type: 'mail-changed', message, mail: { message: message.id, member: evil, state } }) as const,
    ),
  ];
}

test('the live log shows what others wrote, and a terminal obeys none of it', () => {
  const out = makeOutput(false);
  for (const event of events()) out.say(renderLive(event, { verbose: true }) ?? '');
  expect(printed.out).toContain('\\x1b]52;c;AAAA\\x07');
  expect(printed.out).not.toMatch(obeyed);
});

test('as JSON each event is one line with one level, its values unchanged and its characters harmless', () => {
  const out = makeOutput(true);
  const all = events();
  for (const event of all) out.result('', { level: levelOf(event), time: now, ...recordOf(event) });
  expect(printed.out).not.toMatch(obeyed);
  const records = printed.out.trimEnd().split('\n');
  expect(records).toHaveLength(all.length);
  for (const record of records) expect(record.match(/"level":/g)).toHaveLength(1);
  expect(JSON.parse(records[0]!)).toMatchObject({ level: 'warning', type: 'said', text: lines });
});

test('requests, texts, pauses, tables and faults are shown with escapes', () => {
  const out = makeOutput(false);
  for (const state of states) {
    for (const delivery of deliveryStates) out.result(render(viewOf(requestIn(state), deliveryIn(delivery))), null);
  }
  out.result(describePauses({ [evil]: { by: evil, reason: lines, at: now } as never }).join('\n'), null);
  out.result(table([[lines, evil]]), null);
  out.warn(evil);
  reportFault(new BridgeError({ what: evil, target: evil, reason: lines, nextStep: evil }), true);
  reportFault(new Error(evil), false);
  expect(printed.out + printed.err).toContain('\\x9b31m');
  expect(printed.out + printed.err).not.toMatch(obeyed);
});

test('a cell of a table never begins a row of its own', () => {
  expect(table([['worker\n20261121T…', 'asked']])).toBe('worker\\n20261121T…  asked');
});

test('a page is shown with escapes, its front matter read back as written', () => {
  for (const state of states) {
    const page = renderRequest(requestIn(state), evil);
    expect(page).toContain('\\x1b]52;c;AAAA\\x07');
    expect(page).not.toMatch(obeyed);
  }
});

test('our own colours are printed, and those of others are not, whatever they write', () => {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  vi.stubEnv('NO_COLOR', '');
  vi.stubEnv('TERM', 'xterm');
  print(paint('red', 'ours \u001b[32mtheirs'));
  process.stdout.isTTY = isTTY;
  vi.unstubAllEnvs();
  expect(printed.out).toBe('\u001b[31mours \\x1b[32mtheirs\u001b[0m\n');
});

/** Runs a command in this process, declared and parsed as main.ts does; a usage error of commander's is printed and passes. */
async function run(...argv: string[]): Promise<void> {
  const [name, subcommand] = argv as [string, string?];
  const write = (text: string) => print(text.replace(/\n$/, ''));
  const program = new Command('bridge')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: write, writeErr: write })
    .exitOverride();
  const command = program.command(name);
  (await commands[name]!.load())(command);
  const leaf = command.commands.find((one) => one.name() === subcommand) ?? command;
  const places: Array<[string, string]> = [
    ['--home', home],
    ['--socket', join(folder, 'no-server')],
  ];
  const isNamed = (flag: string) => argv.some((word) => word === flag || word === flag.replace('--', '--tmux-'));
  const taken = places.filter(([flag]) => leaf.options.some(({ long }) => long === flag) && !isNamed(flag));
  const words = [...argv, ...taken.flat()];
  process.argv = [...process.argv.slice(0, 2), ...words];
  await program.parseAsync(words, { from: 'user' }).catch((fault) => {
    if (!(fault instanceof CommanderError)) throw fault;
  });
}

function fillHome(): void {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now });
  const keep = (id: string, state: RequestState) =>
    journal.saveRequest(requestIn({ is: 'open' }, id), happened('request-opened', id, { text: lines })) ??
    (state.is === 'open' ? null : journal.saveRequest(requestIn(state, id), happened('moved', id, { why: lines })));
  journal.transact(() => {
    for (const [index, state] of states.entries()) keep(`r${index}`, state);
    journal.saveDelivery(deliveryIn({ is: 'queued' }), happened('queued', 'd1', { body: lines }));
    journal.record(happened(evil, evil, { [evil]: lines }));
    for (const name of [evil, 'coder'])
      journal.mail.saveMember(
        {
          ...newMember(name, now),
          ...{
            description: evil,
            role: evil,
            model: evil,
            colour: evil,
            called: name,
            groups: [evil],
            lastSeenAt: now,
          },
        },
        { at: now, kind: 'member-added' },
      );
    journal.mail.saveMessage(message, { is: 'waiting' });
    journal.saveMemory('pauses', { [evil]: { by: evil, reason: lines, at: now } });
  });
  journal.close();
  writeFileSync(join(home, 'bridge.yaml'), 'mode: manual\n');
}

/** What a file name can hold of it. */
const evilName = evil.replaceAll('\0', '').replace(/\p{Surrogate}/u, '');
const place = (...names: string[]) => join(folder, ...names);
const json = (...argvs: string[][]) => argvs.flatMap((argv) => [argv, [...argv, '--json']]);

/** Every command with what others may have written: in its arguments, in the files that it reads, in the journal. */
const invocations: Readonly<Record<string, () => string[][]>> = {
  run: () =>
    json(['run', evil], ['run', '--agent', evil], ['run', '--simulate-log', place(evilName), '--agent', 'claude']),
  requests: () => json(['requests'], ['requests', '--all']),
  show: () => json(...states.map((_, index) => ['show', `r${index}`]), ['show', 'd1'], ['show', evil]),
  answer: () => json(['answer', evil, evil], ['answer', 'r1', '--choose', evil]),
  pause: () => [...json(['pause', evil], ['pause', '--reason', evil]), ['requests']],
  resume: () => json(['resume', evil], ['resume']),
  policy: () =>
    json(
      ['policy', 'test', place(evilName)],
      ['policy', 'test', place(evilName), '--agent', 'claude'],
      ['policy', 'try', place(evilName)],
      ['policy', 'try', evil],
      ['policy', 'try', place('rule.yaml')],
    ),
  settle: () => json(['settle', evil], ['settle', 'r2']),
  dismiss: () => json(['dismiss', evil], ['dismiss', 'r1']),
  ask: () => json(['ask', '--no-wait', evil]),
  send: () => json(['send', '--pane', evil, evil], ['send', '--pane', evil, '--keys', evil]),
  snapshot: () => json(['snapshot', '--pane', evil]),
  status: () => json(['status', '--pane', evil], ['status', '--agent', evil]),
  explain: () =>
    json(['explain', evil], ['explain', place(evilName), '--agent', 'claude'], ['explain', place(evilName)]),
  list: () => json(['list', '--session', evil], ['list', '--socket', place(evilName)]),
  read: () => json(['read', evil], ['read', 'coder', evil], ['read', '%0', '--as', evil]),
  type: () => json(['type', evil, 'x'], ['type', '%0', evil]),
  message: () => json(['message', evil, 'x'], ['message', '%0', evil, '--envelope', evil]),
  keys: () => json(['keys', evil, 'Enter'], ['keys', '%0', evil]),
  name: () => json(['name', evil, 'x'], ['name', '%0', evil]),
  id: () => json(['id'], ['id', evil]),
  target: () => json(['target', evil], ['target'], ['target', '--clear']),
  start: () => [
    ...json(
      ['start', 'worker', evil],
      ['start', 'worker', '--agent', evil],
      ['start', 'worker', '--agent-command', evil],
      ['start', 'worker', '--no-codex', '--tmux-socket', place('no-such', evilName.repeat(5))],
      ['start', 'worker', '--history-limit', evil],
      ['start', 'controller', '--agent', evil],
      ['start', 'controller', '--repo', place('no-such', evilName), '--no-codex'],
      ['start', 'controller', '--no-codex', '--no-tmux-detect', '--repo', place('good'), '--prompt', place(evilName)],
    ),
    ['start', evil],
  ],
  notify: () => json(['notify', '--no-bell', '--title', evil, evil]),
  stop: () => json(['stop']),
  home: () =>
    json(
      ['home', evil],
      ['home'],
      ['home', 'move', '--home', place(evilName)],
      ['home', 'move', '--to', place('moved', evilName)],
    ),
  verify: () => json(['verify'], ['verify', '--home', place(evilName)]),
  archive: () => json(['archive', '--dry-run'], ['archive', '--older-than', evil]),
  tell: () =>
    json(['tell', evil, evil], ['tell', 'coder', '--as', evil, 'x'], ['tell', 'coder', '--file', place(evilName)]),
  post: () => json(['post', evil, 'x', '--to', evil]),
  add: () =>
    json(
      ['add', evil],
      ['add', 'coder', '--description', evil],
      ['add', 'coder', '--role', evil],
      ['add', 'coder', evil],
    ),
  remove: () => json(['remove', evil], ['remove', 'nobody']),
  enable: () => json(['enable', evil], ['enable', 'nobody']),
  disable: () => json(['disable', evil], ['disable', 'nobody']),
  rename: () => json(['rename', evil, evil], ['rename', 'coder', evil]),
  discover: () => json(['discover', '--socket', place(evilName)], ['discover', '--socket', place(evilName), '--add']),
  hosts: () => json(['hosts'], ['hosts', 'check', evil], ['hosts', 'run', evil, 'requests']),
  resolve: () => json(['resolve', evil], ['resolve', 'coder']),
  group: () =>
    json(['group', 'add', evil, evil], ['group', 'add', 'shop', 'coder', evil], ['group', 'remove', evil, evil]),
  groups: () => json(['groups'], ['groups', evil]),
  invite: () => json(['invite', '--group', evil], ['invite', '--home', place(evilName)]),
  join: () =>
    json(['join', '--group', evil, '--as', evil], ['join', '--group', 'shop', '--role', evil, '--pane', evil]),
  roster: () => json(['roster', evil], ['members', '--group', evil]),
  leave: () => json(['leave', '--as', evil], ['leave', '--group', evil, '--as', 'coder']),
  broadcast: () => json(['broadcast', '--as', evil, 'x'], ['broadcast', evil]),
  reply: () => json(['reply', evil, 'x']),
  unsend: () => json(['unsend', evil]),
  whoami: () => json(['whoami', '--as', evil]),
  relay: () => json(['relay'], ['relay', evil]),
  serve: () => json(['serve', '--host', evil], ['serve', '--port', evil], ['serve', '--config', evil]),
  top: () => json(['top']),
  dashboard: () => json(['dashboard', '--print']),
  service: () => json(['service', 'install', '--print'], ['service', 'install'], ['service', 'remove']),
  token: () => json(['token', evil], ['token', 'add', evil], ['token', 'list'], ['token', 'revoke', evil]),
  inbox: () => json(['inbox', '--as', evil], ['inbox', '--as', 'coder'], ['inbox']),
  thread: () => json(['thread', 'read', evil], ['thread', evil]),
  threads: () => json(['threads'], ['threads', evil]),
  ack: () => json(['ack', evil], ['ack', 'a3f2']),
  history: () =>
    json(
      ['history'],
      ['history', '--with', evil],
      ['history', '--group', evil],
      ['history', '--thread', evil],
      ['history', '--since', evil],
      ['history', '--until', evil, '--last', evil],
    ),
  search: () => json(['search', evil], ['search', 'x', '--last', evil]),
  members: () => json(['members'], ['members', evil]),
  log: () => json(['log'], ['log', '--id', evil], ['log', '--mail'], ['log', '--mail', '--id', evil]),
  doctor: () => json(['doctor'], ['doctor', '--socket', place(evilName)], ['doctor', '--home', place('evil-home')]),
  hooks: () => {
    const toml = ['--config', place('hooks', evilName)];
    const settings = ['--config', place('hooks', `${evilName}.json`)];
    return json(
      ['hooks', evil, evil],
      ['hooks', 'show', evil],
      ['hooks', 'show', 'codex', ...toml],
      ['hooks', 'install', 'codex', ...toml, '--dry-run'],
      ['hooks', 'install', 'kimi', ...toml, '--dry-run'],
      ['hooks', 'install', 'claude', ...settings, '--dry-run'],
      ['hooks', 'install', 'claude', ...settings],
      ['hooks', 'remove', 'claude', ...settings],
      ['hooks', 'show', 'claude', '--config', place(evilName)],
    );
  },
  signal: () => [
    ['signal', '--verbose', '--agent', evil, '--event', evil, '{}'],
    ['signal', '--verbose', '--agent', 'codex', '--event', evil, '{}'],
    [
      'signal',
      '--verbose',
      '--agent',
      'claude',
      '--event',
      'Stop',
      JSON.stringify({ hook_event_name: evil }),
      '--home',
      evil,
    ],
    ['signal', '--verbose', evil],
  ],
  trust: () =>
    json(['trust', place('no-such', evilName)], ['trust', place('evil-home')], ['trust', place('good', evilName)]),
  backup: () =>
    json(['backup', place(evilName)], ['backup', place('no-such', evilName)], ['backup', place('backups', evilName)]),
  restore: () =>
    json(
      ['restore', place(evilName)],
      ['restore', place('no-such', evilName)],
      ['restore', place('a.backup'), '--home', place('restored', evilName)],
    ),
  update: () => json(['update']),
  import: () =>
    json(
      ['import', 'agent-comms', place('comms')],
      ['import', 'agent-comms', place(evilName)],
      ['import', 'agent-chat', place(evilName)],
    ),
  'install-wrappers': () => json(['install-wrappers', '--bin', place(evilName, 'bin')]),
  uninstall: () =>
    json(['uninstall'], ['uninstall', '--state'], ['uninstall', '--home', place('evil-home'), '--state']),
  completion: () =>
    json(['completion', evil], ['completion', 'bash'], ['completion', 'ids'], ['completion', 'workers']),
  man: () => json(['man']),
  // these show nothing of others, and take no words
  demo: () => [['demo', evil]],
  // it prints nothing but the protocol
  mcp: () => [
    ['mcp', evil],
    ['mcp', 'install', evil],
    ['mcp', 'install', 'codex', '--print', '--home', place(evilName)],
    ['mcp', 'remove', evil],
  ],
  version: () => json(['version'], ['version', evil]),
};

/** The files that they read. */
function fillFolder(): void {
  fillHome();
  writeFileSync(join(home, 'bridge.yaml'), `mode: manual\nnotify: { command: [${JSON.stringify(place(evilName))}] }\n`);
  writeFileSync(place(evilName), `${lines}\n❯ ${evil}\n\n● ${evil}\n`);
  writeFileSync(
    place('rule.yaml'),
    `- when: { worker: nobody }\n  then: human\n- answer: ${JSON.stringify(evil.replace(/\p{Surrogate}/gu, ''))}\n`,
  );
  for (const name of ['hooks', 'evil-home', 'good', 'backups', 'comms']) mkdirSync(place(name));
  writeFileSync(join(home, evilName), '');
  backUp(home, place('a.backup'), now);
  mkdirSync(place('good', evilName));
  writeFileSync(place('good', evilName, 'bridge.yaml'), 'policy: []\n');
  writeFileSync(place('comms', 'registry.json'), JSON.stringify({ agents: { [evil]: { session: evil } } }));
  writeFileSync(place('evil-home', 'bridge.yaml'), `${JSON.stringify(evil)}: ${JSON.stringify(evil)}\n`);
  writeFileSync(place('hooks', evilName), `notify = [${tomlText(evil)}] # \u202e\u200b\u{e0041}\n`);
  for (const name of ['hooks.json', `${evilName}.json`])
    writeFileSync(place('hooks', name), `{\n  ${JSON.stringify(evil)}: ${JSON.stringify(evil)}\n}\n`);
}

/** Both JSON and TOML can escape what must not stand there as it is. */
function tomlText(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '')).replace(/[\u007f-\u009f]/g, (control) => {
    return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

test.each(Object.keys(commands))('%s prints nothing raw, whatever others have written', async (name) => {
  const argvs = invocations[name];
  expect(argvs, `tests/cli/hostile-output.test.ts has no invocation of ${name}`).toBeDefined();
  vi.stubEnv('HOME', folder);
  fillFolder();
  for (const argv of [...argvs!(), [name, `--${evil}`]]) {
    await run(...argv);
    expect(printed.out + printed.err, argv.join(' ')).not.toMatch(obeyed);
  }
  expect(printed.out + printed.err).toMatch(/\\x1b\]52;c;AAAA\\x07|\\u001b\]52;c;AAAA\\u0007/);
});

test('what is printed as JSON is what was written', async () => {
  fillHome();
  await run('requests', '--json');
  expect(JSON.parse(printed.out)).toContainEqual(expect.objectContaining({ text: lines }));
});
