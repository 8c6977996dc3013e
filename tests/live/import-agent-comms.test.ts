import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** tmux-agent-comms' files as they lie become members, groups and threads. */

eachTestStartsWith({ yaml: 'mode: manual\n' });

const bridge = (...words: string[]) => run(tmux, [...words, '--home', home]);
const json = async (...words: string[]) => JSON.parse((await bridge(...words, '--json')).stdout);
const folder = () => join(tmux.folder, 'comms');

function filled(): string {
  const at = folder();
  for (const name of ['projects', 'threads/shop']) mkdirSync(join(at, name), { recursive: true });
  const agents = {
    claude: { session: 'c', color: 'red', enabled: true, desc: 'Claude Code', revive_cmd: null },
    codex: { session: 'x', color: 'blue', enabled: false, desc: '', revive_cmd: 'tmux new-session -d -s x codex' },
  };
  writeFileSync(join(at, 'registry.json'), JSON.stringify({ agents }));
  const member = (session: string, model: string, role: string) => ({
    session,
    model,
    role,
    joined: '2026-05-28T15:00:00Z',
  });
  const members = { claude: member('c', 'claude-opus-4-7', 'leads'), 'grok-2': member('g', 'unknown', 'web research') };
  writeFileSync(join(at, 'projects/shop.json'), JSON.stringify({ project: 'shop', members }));
  writeFileSync(
    join(at, 'threads/shop/api.md'),
    '\n## [claude→grok-2 (claude-opus-4-7) 2026-05-28 15:49Z]\n404 or 410?\n\nSay which.\n\n## [grok-2→claude 2026-05-28 15:55Z]\n410. [no-reply]\n\n## [unknown 2026-05-28 15:56Z]\nok\n\n## [unknown 2026-05-28 15:56Z]\nok\n',
  );
  return at;
}

const asItLies = (at: string) =>
  readdirSync(at, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(at, name)).isFile())
    .map((name) => [name, readFileSync(join(at, name), 'utf8'), statSync(join(at, name)).mtimeMs]);

test('registry, rosters and threads become members, groups and threads; a second time takes over what has come since', async () => {
  const at = filled();
  const before = asItLies(at);
  const dry = await bridge('import', 'agent-comms', at, '--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    stdout: 'would add 3 members: claude, codex, grok-2\n1 group: shop\nthread shop/api: 4 messages to take over\n',
  });
  expect((await bridge('members')).stdout).toContain('no member yet');
  const taken = await bridge('import', 'agent-comms', at);
  expect(taken, taken.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(
      'added 3 members: claude, codex, grok-2\n1 group: shop\nthread shop/api: 4 messages\n',
    ),
  });
  expect(asItLies(at)).toEqual(before);
  expect(await json('members')).toMatchObject([
    { name: 'claude', role: 'leads', model: 'claude-opus-4-7', groups: ['shop'], isEnabled: true, unread: 0 },
    { name: 'codex', groups: [], isEnabled: false },
    { name: 'grok-2', role: 'web research', model: '', groups: ['shop'], unread: 0 },
  ]);
  const thread = await json('thread', 'read', 'shop/api');
  expect(thread).toMatchObject([
    {
      from: 'claude',
      standing: 'claimed',
      to: ['grok-2'],
      body: '404 or 410?\n\nSay which.',
      sentAt: Date.parse('2026-05-28T15:49Z'),
    },
    { from: 'grok-2', to: ['claude'], noReply: true },
    { from: 'unknown', to: [], body: 'ok' },
    { from: 'unknown', to: [], body: 'ok' },
  ]);
  expect(readFileSync(join(home, 'threads/shop/api.md'), 'utf8')).toContain('404 or 410?');
  expect(await bridge('verify')).toMatchObject({ code: 0 });

  writeFileSync(join(at, 'threads/shop/api.md'), '\n## [claude 2026-05-29 08:00Z]\nnews\n', { flag: 'a' });
  const again = await json('import', 'agent-comms', at);
  expect(again).toMatchObject({ added: [], changed: [], threads: [{ name: 'shop/api', taken: 1, known: 4 }] });
  expect(await json('thread', 'read', 'shop/api')).toHaveLength(5);
});

test('a file that is broken is named as is a name that is none, and nothing is taken over', async () => {
  const good = filled();
  for (const [file, text, reason] of [
    ['registry.json', '{', /registry\.json is not valid JSON/],
    ['registry.json', '{"agents": {"human": {"session": "h"}}}', /invalid member 'human'/],
    ['registry.json', '{"agents": {"a:b": {"session": "h"}}}', /invalid member 'a:b'/],
    ['projects/shop.json', '{"members": {"x": 1}}', /shop\.json: members\.x is no object/],
    ['threads/shop/api.md', '# Notes\n', /api\.md: begins with no entry/],
    ['threads/shop/api.md', '\n## [claude yesterday]\nx\n', /api\.md: entry 1 has no heading/],
    ['threads/shop/api.md', '## [claude 2026-05-28 15:49Z]\n\u200b\n', /nothing is visible/],
  ] as const) {
    const at = join(tmux.folder, 'broken');
    cpSync(good, at, { recursive: true });
    writeFileSync(join(at, file), text);
    const ran = await bridge('import', 'agent-comms', at);
    expect([file, text, ran.stderr]).toEqual([file, text, expect.stringMatching(reason)]);
    expect(ran.code).toBeGreaterThan(0);
  }
  expect(await bridge('import', 'agent-comms', join(tmux.folder, 'none'))).toMatchObject({ code: 64 });
  expect((await bridge('members')).stdout).toContain('no member yet');
  expect(existsSync(join(home, 'threads'))).toBe(false);
});
