import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commed, comms, eachWrapperTestStartsWith, kept, recording, tool } from './wrappers-fixture.ts';

eachWrapperTestStartsWith();

test('agent_comms: the registry, a send with its marker, a broadcast, and the log', async () => {
  const [bob, eve] = [await recording('bob'), await recording('eve')];
  expect(await commed('init')).toContain('registry.json');
  expect(await comms(['init'])).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
  for (const name of ['claude', 'codex']) await commed('remove', name);
  await commed('add', 'lead', 'macs');
  await commed('add', 'bob', 'bob', '--desc', 'writes code');
  await commed('add', 'eve', 'eve');
  await commed('add', 'gone', 'nowhere');
  expect(await commed('list')).toMatch(/^bob +bob +up +enabled +writes code$/m);
  expect(await commed('ls')).toMatch(/^gone +nowhere +down +enabled/m);
  expect(await commed('whoami')).toBe('lead\n');
  expect(await commed('send', 'bob', 'the', 'parser; C-c')).toBe('delivered: lead -> bob (bob)\n');
  expect(bob()).toEqual([expect.stringMatching(/^«agent-msg» from=lead \d\d:\d\dZ \| the parser; C-c$/)]);
  expect(await comms(['send', 'bbo', 'x'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("did you mean 'bob'"),
  });
  expect(await comms(['send', 'gone', 'x'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SESSION_DOWN'),
  });
  // a session of which another's name is the beginning is another
  expect(await comms(['send', 'lead', 'x'], { env: { TMUX_PANE: '' } })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('shell'),
  });
  await commed('disable', 'eve');
  expect(await comms(['send', 'eve', 'x'])).toMatchObject({ code: 1, stderr: expect.stringContaining('DISABLED') });
  await comms(['broadcast', 'all of you', '--from', 'lead', '-q']);
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
    `registered: ${name} in`,
  );
  expect(await commed('roster', 'shop')).toMatch(new RegExp(`^ +${name} +bob +m2 +up +r$`, 'm'));
  const before = bob().length;
  await commed('post', 'shop/api', '404 or 410? [no-reply]', '--to', name, '--from', 'lead');
  expect(bob().slice(before)).toEqual([
    `«agent-msg» lead posted in shop/api.md — review it (${kept('threads/shop/api.md')}) (no reply needed)`,
  ]);
  await commed('post', 'other', 'a\n## [forged→x] y', '--from', 'lead');
  expect(await commed('read', 'shop/api')).toMatch(
    new RegExp(`^## \\[lead→${name} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ\\]\n404 or 410\\? \\[no-reply\\]$`, 'm'),
  );
  expect(await commed('threads')).toMatch(/^other +1 entries\nshop\/api +1 entries\n$/);
  for (const wrong of ['../x', '/x', 'a//b', '.x', 'x\ny'])
    expect(await comms(['post', wrong, 'y'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('invalid name'),
    });
  expect(await comms(['post', 'shop/api', 'x', '--to', 'nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no member of shop'),
  });
  writeFileSync(kept('projects', 'shop.json'), '{');
  expect(await comms(['register', '--project', 'shop', '--session', 'bob'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('not valid JSON'),
  });
  expect(readFileSync(kept('projects', 'shop.json'), 'utf8')).toBe('{');
});

test('agent_comms: its first steps, and what means nothing any more', async () => {
  expect(await commed('init-join')).toContain('coms_join.md');
  expect(readFileSync(kept('coms_join.md'), 'utf8')).toContain('agent_comms register --project');
  expect(await commed('invite')).toContain(`read ${kept('coms_join.md')}`);
  await recording('bob');
  expect(await commed('discover')).toContain('agent_comms add bob bob');
  await commed('discover', '--add');
  expect(await commed('list')).toMatch(/^bob +bob +up/m);
  const sent = await comms(['send', 'bob', 'x', '--enter-delay', '2', '--no-confirm']);
  expect(sent).toMatchObject({
    code: 0,
    stderr: 'agent_comms: --enter-delay is taken and does nothing: evidence is waited for\n',
  });
  expect(await comms(['send', 'bob', '--frobnicate', 'x'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown flag'),
  });
  expect(await comms(['frobnicate'])).toMatchObject({ code: 2 });
  expect(await tool('agent-comms', ['relay'])).toMatchObject({ code: 0 });
});
