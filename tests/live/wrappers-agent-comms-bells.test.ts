import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tmux } from './live-fixture.ts';
import { commed, comms, eachWrapperTestStartsWith, kept, recording } from './wrappers-fixture.ts';

/** Whom a post of agent_comms rings, how often, and what it says of a loop; what its variables mean. */

eachWrapperTestStartsWith();

const bells = (inputs: readonly string[]) => inputs.map((text) => text.replace(/ — review it \([^)]*\)/, ''));

test('a post rings the members of its project, else all of the registry, and never its own sender', async () => {
  const [bob, eve] = [await recording('bob'), await recording('eve')];
  for (const [name, session] of [
    ['lead', 'macs'],
    ['bob', 'bob'],
    ['eve', 'eve'],
  ] as const)
    await commed('add', name, session);
  expect(await commed('post', 'plans', 'for all')).toBe(
    `posted to ${kept('threads/plans.md')}  | doorbell 2/2 (registry)\n`,
  );
  expect([bells(bob()), bells(eve())]).toEqual(Array(2).fill(['«agent-msg» lead posted in plans.md']));
  await commed('register', '--project', 'shop', '--as', 'chief', '--force');
  await commed('register', '--project', 'shop', '--session', 'bob', '--model', 'm', '--enter-delay', '0.9');
  expect(JSON.parse(readFileSync(kept('projects/shop.json'), 'utf8')).members.bob).toMatchObject({ enter_delay: 0.9 });
  // who has joined writes there under the name of that project
  await commed('post', 'shop', 'hello team');
  await commed('post', 'shop/api', 'for the team', '--confirm');
  expect(bells(bob()).slice(1)).toEqual([
    '«agent-msg» chief posted in shop.md',
    '«agent-msg» chief posted in shop/api.md',
  ]);
  expect(eve()).toHaveLength(1);
  expect(await commed('read', 'shop')).toMatch(/^## \[chief \d{4}-\d\d-\d\d \d\d:\d\dZ\]\nhello team\n$/);
});

test('four bells between two within three minutes: the next one says that it looks like a loop', async () => {
  const bob = await recording('bob');
  await commed('add', 'bob', 'bob');
  const at = new Date().toISOString().slice(0, 19);
  const bell = (way: string) => `${at}Z\t${way}\tDOORBELL:x\tx\n`;
  writeFileSync(kept('comms.log'), [bell('lead→bob'), bell('bob→lead'), bell('lead→bob')].join(''));
  for (const text of ['one', 'two']) await commed('post', 'x', text, '--to', 'bob', '--from', 'lead', '-q');
  expect(bob().map((text) => text.includes('loop guard: lead<->bob'))).toEqual([false, true]);
});

test('many that post at once are kept whole, in one order, and ring an agent for all of it', async () => {
  const bob = await recording('bob');
  await commed('add', 'bob', 'bob');
  const writers = Array.from({ length: 6 }, (_, at) => `w${at}`);
  const posts = writers.flatMap((name) =>
    [1, 2].map((number) => ({ name, text: `${name} says ${number}: ${'z'.repeat(300)}` })),
  );
  const ran = await Promise.all(posts.map(({ name, text }) => comms(['post', 'race', text, '--from', name])));
  expect(ran.map(({ code }) => code)).toEqual(posts.map(() => 0));
  const entries = readFileSync(kept('threads/race.md'), 'utf8').matchAll(
    /^## \[(w\d) [^\]]*\]\n(w\d says \d: z{300})\n/gm,
  );
  expect([...entries].map(([, name, text]) => `${name} ${text}`).sort()).toEqual(
    posts.map(({ name, text }) => `${name} ${text}`).sort(),
  );
  const rung = ran.filter(({ stdout }) => stdout.includes('doorbell 1/1')).length;
  const covered = ran.filter(({ stdout }) => stdout.includes('+ 1 by a bell that is about to ring')).length;
  expect({ bells: bob().length, all: rung + covered }).toEqual({ bells: rung, all: posts.length });
  expect(rung).toBeGreaterThan(0);
});

test('its variables: another marker, another tmux, how long a message may be, how long a revived session is waited for', async () => {
  const bob = await recording('bob');
  await commed('add', 'bob', 'bob');
  await comms(['send', 'bob', 'x'], { env: { AGENT_COMMS_MARKER: '«team»', AGENT_COMMS_SELF: 'chief' } });
  expect(bob()).toEqual([expect.stringMatching(/^«team» from=chief \d\d:\d\dZ \| x$/)]);
  expect(await comms(['send', 'bob', 'x'.repeat(9)], { env: { AGENT_COMMS_MAX_MSG_LEN: '8' } })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has 9 characters, and AGENT_COMMS_MAX_MSG_LEN is 8; nothing is cut or sent'),
  });
  const timing = { AGENT_COMMS_ENTER_DELAY: '2', AGENT_COMMS_VERIFY_LINES: '3', AGENT_COMMS_LOCK_TIMEOUT: '1' };
  expect((await comms(['threads'], { env: timing })).stderr).toBe(
    `agent_comms: without meaning here, where evidence is waited for: ${Object.keys(timing).join(', ')}\n`,
  );
  expect(await comms(['threads'], { env: { AGENT_COMMS_REVIVE_GRACE: 'soon' } })).toMatchObject({ code: 2 });
  const places = { REGISTRY: 'r.json', PROJECTS: 'p', THREADS: 't', LOG: 'l.log', JOIN_DOC: 'j.md' };
  const env = Object.fromEntries(
    Object.entries(places).map(([name, path]) => [`AGENT_COMMS_${name}`, kept('at', path)]),
  );
  const revive = `tmux -f /dev/null -S ${tmux.socketPath} new-session -d -s late 'printf "> "; exec cat'`;
  const at = (...args: string[]) => comms(args, { env: { ...env, AGENT_COMMS_REVIVE_GRACE: '20' } });
  for (const args of [
    ['init'],
    ['init-join'],
    ['add', 'late', 'late', '--revive', revive],
    ['register', '--project', 'x', '--session', 'bob'],
  ])
    expect(await at(...args)).toMatchObject({ code: 0 });
  await at('post', 'x/y', 'z', '--to', 'late');
  for (const path of ['r.json', 'p/x.json', 't/x/y.md', 'l.log', 'j.md'])
    expect([path, existsSync(kept('at', path))]).toEqual([path, true]);
  expect(await tmux.run('list-sessions', '-F', '#{session_name}')).toContain('late');
  // and one that brings nothing up is waited for no longer than is said
  await comms(['add', 'never', 'never', '--revive', 'exit 3']);
  expect(await comms(['send', 'never', 'x'], { env: { AGENT_COMMS_REVIVE_GRACE: '0' } })).toMatchObject({
    code: 1,
    stderr: "agent_comms: revive 'never' failed: exit code 3\nagent_comms: session down: never\n",
  });
});

test('a recipient that is down is started by its command, for so long as REVIVE_TIMEOUT and REVIVE_GRACE say', async () => {
  // a shell is typed nothing, which is soon said
  const start = (session: string) => `tmux -f /dev/null -S ${tmux.socketPath} new-session -d -s ${session} sh`;
  const down = (name: string) => `agent_comms: session down: ${name}\n`;
  const send = async (name: string, revive: string, variables: Record<string, string>) => {
    await commed('add', name, name, '--revive', revive);
    const begun = performance.now();
    const ran = await comms(['send', name, 'x'], {
      env: Object.fromEntries(Object.entries(variables).map(([key, value]) => [`AGENT_COMMS_${key}`, value])),
    });
    return { ...ran, tookMs: performance.now() - begun };
  };
  // a command that does not end is ended, and what it would have done later is not waited for
  const hung = await send('hung', 'exec sleep 300', { REVIVE_TIMEOUT: '0.3', REVIVE_GRACE: '0' });
  expect(hung).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^agent_comms: revive 'hung' failed: .*ETIMEDOUT/),
  });
  expect(hung.tookMs).toBeLessThan(60_000);
  // one that ends in time is not
  const slow = await send('slow', `sleep 1; ${start('slow')}`, { REVIVE_TIMEOUT: '60', REVIVE_GRACE: '0' });
  expect(slow.stderr).not.toContain(down('slow'));
  // what it starts may come up after it has ended
  const later = `(sleep 2; ${start('later')}) >/dev/null 2>&1 &`;
  expect(await send('later', later, { REVIVE_GRACE: '0.1' })).toMatchObject({ code: 1, stderr: down('later') });
  await tmux.run('kill-session', '-t', '=later').catch(() => {});
  const waited = await send('waited', later.replaceAll('later', 'waited'), { REVIVE_GRACE: '60' });
  expect(waited.stderr).not.toContain(down('waited'));
  expect(waited.tookMs).toBeGreaterThan(1_900);
  // it is there now, and its command is not run again
  expect((await send('waited', `touch ${kept('again')}`, {})).stderr).not.toContain(down('waited'));
  expect(existsSync(kept('again'))).toBe(false);
});

test('a registry or roster that is none is a clear error, and stays as it is', async () => {
  await commed('init');
  for (const [text, reason] of [
    ['[]', 'it is no object'],
    ['{"agents": {"x": {}}}', 'agents.x.session is no text'],
    ['{"agents": {"x": {"session": "x", "enabled": "no"}}}', 'agents.x.enabled is neither true nor false'],
  ]) {
    writeFileSync(kept('registry.json'), text!);
    for (const args of [['list'], ['add', 'y', 'y'], ['send', 'x', 'y']])
      expect(await comms(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(reason!) });
    expect(readFileSync(kept('registry.json'), 'utf8')).toBe(text);
  }
  writeFileSync(kept('registry.json'), '{"agents": {}}');
  // what every object has is no agent
  expect(await comms(['send', 'constructor', 'x'])).toMatchObject({
    code: 1,
    stderr: 'agent_comms: unknown: constructor\n',
  });
  expect(await comms(['remove', 'toString'])).toMatchObject({ code: 1, stderr: 'agent_comms: not found: toString\n' });
});
