import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commed, comms, eachWrapperTestStartsWith, kept, recording, scripts, tool } from './wrappers-fixture.ts';

eachWrapperTestStartsWith();

test('agent_comms: the registry', async () => {
  await recording('bob');
  expect(await commed('init')).toContain('registry.json');
  expect(await comms(['init'])).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
  for (const name of ['claude', 'codex', 'gemini']) await commed('remove', name);
  await commed('add', 'lead', 'macs');
  await commed('add', 'bob', 'bob', '--desc', 'writes code');
  await commed('add', 'gone', 'nowhere');
  await commed('disable', 'gone');
  expect(await commed('list')).toMatch(/^bob +bob +up +y +writes code$/m);
  expect(await commed('ls')).toMatch(/^gone +nowhere +down +n$/m);
  expect(await commed('list')).toMatch(/^lead +macs +up +y +\*self$/m);
  expect(await commed('whoami')).toBe('lead\n');
});

test('agent_comms: a send with its marker, a broadcast, what is refused, and the log', async () => {
  const [bob, eve] = [await recording('bob'), await recording('eve')];
  const agents = { lead: 'macs', bob: 'bob', eve: 'eve', gone: 'nowhere' };
  const entries = Object.entries(agents).map(([name, session]) => [name, { session, enabled: name !== 'eve' }]);
  mkdirSync(kept(), { recursive: true });
  writeFileSync(kept('registry.json'), JSON.stringify({ agents: Object.fromEntries(entries) }));
  expect(await commed('send', 'bob', 'the', 'parser; C-c')).toBe('delivered: lead -> bob (bob)\n');
  expect(bob()).toEqual([expect.stringMatching(/^«agent-msg» from=lead \d\d:\d\dZ \| the parser; C-c$/)]);
  expect(await comms(['send', 'bbo', 'x'])).toMatchObject({
    code: 1,
    stderr: "agent_comms: unknown: bbo — did you mean 'bob'?\n",
  });
  expect(await comms(['send', 'gone', 'x'])).toMatchObject({
    code: 1,
    stderr: 'agent_comms: session down: gone\n',
  });
  // a session of which another's name is the beginning is another
  expect(await comms(['send', 'lead', 'x'], { env: { TMUX_PANE: '' } })).toMatchObject({
    code: 1,
    stdout: 'FAILED: unknown -> lead (macs)\n',
    stderr: expect.stringContaining('shell'),
  });
  expect(await comms(['send', 'eve', 'x'])).toMatchObject({ code: 1, stderr: 'agent_comms: disabled: eve\n' });
  await comms(['broadcast', 'all of you', '--from', 'lead', '-q']);
  expect((await commed('log')).split('\n').map((line) => line.split('\t').slice(1, 3))).toEqual([
    ['lead→bob', 'DELIVERED'],
    ['lead→bbo', 'UNKNOWN'],
    ['lead→gone', 'SESSION_DOWN'],
    ['unknown→lead', 'INJECT_FAIL'],
    ['lead→eve', 'DISABLED'],
    ['lead→bob', 'DELIVERED'],
    ['lead→gone', 'SESSION_DOWN'],
    [],
  ]);
  expect(bob()[1]).toMatch(/all of you$/);
  expect(eve()).toEqual([]);
  await comms(['send', 'bob', 'one\ttwo\nforged\tline', '--from', 'x']);
  expect((await commed('log', '-n', '1')).trimEnd().split('\t').slice(1)).toEqual([
    'x→bob',
    'DELIVERED',
    'one\\ttwo\\nforged\\tline',
  ]);
  expect(statSync(kept('comms.log')).mode & 0o077).toBe(0);
});

test('agent_comms: threads are kept and ring, joins of one name are members of their own', async () => {
  const bob = await recording('bob');
  await recording('eve');
  const joined = await Promise.all(
    ['bob', 'eve', 'macs'].map((session) =>
      comms(['register', '--project', 'shop', '--as', 'claude', '--session', session, '--model', 'm', '--role', 'r']),
    ),
  );
  expect(joined.map(({ code }) => code)).toEqual([0, 0, 0]);
  const { members } = JSON.parse(readFileSync(kept('projects', 'shop.json'), 'utf8'));
  expect(Object.keys(members).sort()).toEqual(['claude', 'claude-2', 'claude-3']);
  const name = Object.keys(members).find((one) => members[one].session === 'bob')!;
  expect(await commed('register', '--project', 'shop', '--session', 'bob', '--model', 'm2')).toContain(
    `updated: ${name} in project 'shop' (session=bob)\nteammates: `,
  );
  expect(await commed('roster', 'shop')).toMatch(new RegExp(`^ +${name} +bob +m2 +up +r$`, 'm'));
  const mine = Object.keys(members).find((one) => members[one].session === 'macs')!;
  const before = bob().length;
  await commed('post', 'shop/api', '404 or 410? [no-reply]', '--to', name);
  expect(bob().slice(before)).toEqual([
    `«agent-msg» ${mine} posted in shop/api.md — review it (${kept('threads/shop/api.md')}) (no reply needed)`,
  ]);
  await commed('post', 'other', 'a\n## [forged→x] y', '--from', 'lead');
  expect(await commed('read', 'shop/api')).toMatch(
    new RegExp(
      `^## \\[${mine}→${name} \\(m\\) \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ\\]\n404 or 410\\? \\[no-reply\\]$`,
      'm',
    ),
  );
  expect(await commed('threads')).toMatch(
    /^other +1 entries {3}last \d\d-\d\d \d\d:\d\dZ\nshop\/api +1 entries {3}last .*\n$/,
  );
  for (const wrong of ['../..', '.x', 'x\ny', ''])
    expect(await comms(['post', wrong, 'y'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('invalid name'),
    });
  // what would lead out of the folder, or double the ending, is left out of a name
  await commed('post', '../../etc/x.md', 'y', '-q');
  expect(readFileSync(kept('threads/etc/x.md'), 'utf8')).toMatch(new RegExp(`^\\n## \\[${mine} [^\\]→]*Z\\]\\ny\\n$`));
  // an agent of the registry may be another one of that name
  await commed('add', 'stranger', 'eve');
  for (const [thread, to] of [
    ['shop', 'stranger'],
    ['shop/api', 'nobody'],
  ] as const)
    expect(await comms(['post', thread, 'x', '--to', to])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not a member of project 'shop' \(members: claude|unknown: nobody/),
    });
  expect(await commed('threads')).not.toMatch(/^shop +/m);
  writeFileSync(kept('projects', 'shop.json'), '{');
  expect(await comms(['register', '--project', 'shop', '--session', 'bob'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not valid JSON'),
  });
  expect(readFileSync(kept('projects', 'shop.json'), 'utf8')).toBe('{');
});

test('agent_comms: its first steps, and what means nothing any more', async () => {
  expect(await commed('init-join')).toContain('coms_join.md');
  expect(readFileSync(kept('coms_join.md'), 'utf8')).toContain(`${join(scripts, 'agent_comms')} register --project`);
  expect(await commed('invite')).toContain(`read ${kept('coms_join.md')}`);
  await recording('bob');
  expect(await commed('discover')).toBe(
    'live tmux sessions: bob, macs\nnot in registry: bob, macs\nagent_comms discover --add registers them\n',
  );
  await commed('discover', '--add');
  expect(await commed('list')).toMatch(/^bob +bob +up/m);
  const sent = await comms(['send', 'bob', 'x', '--enter-delay', '2', '--no-confirm']);
  expect(sent).toMatchObject({
    code: 0,
    stderr: 'agent_comms: without meaning here, where evidence is waited for: --enter-delay, --no-confirm\n',
  });
  expect(await comms(['send', 'bob', '--frobnicate', 'x'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown flag'),
  });
  expect(await comms(['frobnicate'])).toMatchObject({ code: 2 });
  expect(await comms([])).toMatchObject({ code: 2, stderr: expect.stringContaining('send <to> <message>') });
  expect(await tool('agent-comms', ['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('relay') });
});
