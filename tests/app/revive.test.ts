import { beforeEach, expect, test } from 'vitest';
import { type AgentPane, type Life, Reviver } from '../../bridge/app/revive.ts';
import { type Member, newMember } from '../../bridge/core/member.ts';
import type { PaneFacts } from '../../bridge/core/pane.ts';
import type { EndedCommand } from '../../bridge/host/bounded-command.ts';

let now: number;
let memory: Map<string, unknown>;
let life: Life;
let isGone: boolean;
let member: Member;
let isDue: boolean;
let panes: AgentPane[];
let bound: string[];
let said: string[];
/** each command that was run, with what ends it */
let commands: Array<{ end: (ended: Partial<EndedCommand>) => void; isKilled: boolean }>;
let timers: Array<{ at: number; then: () => void }>;
let reviver: Reviver;

const pane = (id: number, more: Partial<AgentPane> = {}): AgentPane => ({
  facts: { host: 'h', server: '1@1', socketPath: '/s', paneId: `%${id}`, panePid: id } as unknown as PaneFacts,
  member: null,
  project: () => 'shop',
  ...more,
});

beforeEach(() => {
  now = 1_796_000_000_000;
  memory = new Map();
  life = { is: 'none' };
  isGone = true;
  member = { ...newMember('shop/coder', 1), lastSeenAt: now - 60_000 };
  isDue = true;
  panes = [pane(1)];
  bound = [];
  said = [];
  commands = [];
  timers = [];
  start();
});

/** As after a start of the bridge. */
function start(): void {
  reviver = new Reviver({
    memory: {
      memory: <T>(key: string) => (memory.get(key) ?? null) as T | null,
      saveMemory: (key, value) => void memory.set(key, value),
    },
    now: () => now,
    after(ms, then) {
      timers.push({ at: now + ms, then });
      return () => {};
    },
    due: () => (isDue ? [member] : []),
    revivable: () => [{ member, argv: ['start', 'coder'] }],
    lifeOf: () => life,
    isGone: async () => isGone,
    agentPanes: async () => panes,
    bind: async (_, { facts }) => {
      bound.push(facts.paneId);
      life = { is: 'living' };
    },
    run() {
      let end: (ended: EndedCommand) => void = () => {};
      const ended = new Promise<EndedCommand>((resolve) => {
        end = resolve;
      });
      const command = {
        isKilled: false,
        end: (found: Partial<EndedCommand>) => end({ code: 0, isLate: false, said: '', ...found }),
      };
      commands.push(command);
      return {
        ended,
        kill() {
          command.isKilled = true;
          command.end({ code: null });
        },
      };
    },
    shown: ({ name }) => name,
    say: (_, text) => said.push(text),
  });
}

const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** So much time passes, with a tick each second. */
async function passes(seconds: number): Promise<void> {
  await settled();
  for (const until = now + seconds * 1000; now < until; ) {
    now += 500;
    for (const timer of timers.splice(0)) (timer.at <= now ? timer.then : () => timers.push(timer))();
    if (now % 1000 === 0) reviver.tick(now);
    await settled();
  }
}

test('its command is run once; who comes with its label is it, and gets what waited', async () => {
  await passes(2);
  expect([commands.length, said]).toEqual([1, [expect.stringMatching(/^shop\/coder is gone.*: start coder$/)]]);
  commands[0]!.end({});
  life = { is: 'living' };
  await passes(2);
  expect(said[1]).toBe('shop/coder is back');
  expect(bound).toEqual([]);
  // it dies again: that is another death
  life = { is: 'none' };
  await passes(20);
  expect(commands).toHaveLength(2);
});

test('the one new agent in its project is it, whatever its label is', async () => {
  await passes(2);
  panes = [
    pane(1),
    pane(2),
    pane(3, { project: () => 'blog' }),
    pane(4, { member: { name: 'shop/lead', addedAt: 1 } }),
  ];
  await passes(5);
  // not before the command has ended: it may still be starting another
  expect(bound).toEqual([]);
  commands[0]!.end({});
  await passes(2);
  expect([bound, said[1]]).toEqual([['%2'], 'shop/coder is back']);
});

test('one that was taken for a new member meanwhile is it', async () => {
  await passes(2);
  panes = [pane(1), pane(2, { member: { name: 'shop/coder@s.%2', addedAt: now } })];
  commands[0]!.end({});
  await passes(2);
  expect(bound).toEqual(['%2']);
});

test.each<[string, Partial<EndedCommand>, RegExp]>([
  ['fails', { code: 3, said: 'line\nno such session' }, /ended with 3: no such session/],
  ['is not there', { code: null, said: 'spawn start ENOENT' }, /could not be run: spawn start ENOENT/],
  ['does not end', { code: null, isLate: true }, /did not end within 60 s/],
  ['starts nothing', {}, /no agent came/],
])('a command that %s is said, and not run again, after a restart neither', async (_, ended, reason) => {
  await passes(2);
  commands[0]!.end(ended);
  await passes(70);
  expect(said).toEqual([said[0], expect.stringMatching(reason)]);
  expect(said[1]).toContain('its mail waits');
  start();
  await passes(60);
  expect(commands).toHaveLength(1);
});

test('of several that come nobody is taken for it', async () => {
  await passes(2);
  panes = [pane(1), pane(2), pane(3)];
  commands[0]!.end({});
  await passes(70);
  expect(bound).toEqual([]);
  expect(said[1]).toMatch(/several new agents came, %2, %3; `bridge add shop\/coder %N` names the one/);
});

test.each<[string, () => void]>([
  ['nothing waits', () => (isDue = false)],
  ['it is disabled', () => (member = { ...member, isEnabled: false })],
  ['it lives', () => (life = { is: 'living' })],
  ['its pane is there, or nobody can tell', () => (isGone = false)],
  ['it has gone just now', () => (member = { ...member, lastSeenAt: now + 10_000 })],
  ['its agent has ended just now', () => (life = { is: 'exited', since: now + 10_000 })],
])('nothing is run where %s', async (_, given) => {
  given();
  await passes(8);
  expect([commands, said]).toEqual([[], []]);
});

test('a bridge that stops ends what runs, and the next one does not run it again', async () => {
  await passes(2);
  const closed = reviver.close();
  await passes(1);
  await closed;
  expect(commands[0]!.isKilled).toBe(true);
  start();
  await passes(30);
  expect(commands).toHaveLength(1);
});

test('a person starts it, also where nothing waits and its command had failed: what comes of it is said', async () => {
  isDue = false;
  const first = reviver.start(member);
  await settled();
  expect(commands).toHaveLength(1);
  await expect(reviver.start(member)).rejects.toThrow('it is being started');
  commands[0]!.end({ code: 3, said: 'no such model' });
  await passes(1);
  expect(await first).toBe('its revive command ended with 3: no such model');
  const second = reviver.start(member);
  await settled();
  commands[1]!.end({});
  life = { is: 'living' };
  await passes(1);
  expect(await second).toBeNull();
  await expect(reviver.start(member)).rejects.toThrow('it is there');
  expect(commands).toHaveLength(2);
});

test('a person starts nobody whose pane is there, and nobody for whom no command is named', async () => {
  isGone = false;
  await expect(reviver.start(member)).rejects.toThrow('it is there');
  await expect(reviver.start(newMember('shop/other', 1))).rejects.toThrow('no command is named');
  expect(commands).toEqual([]);
});
