import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { run } from './bridge-process.ts';
import { eachTestStartsWith, home, tmux } from './live-fixture.ts';

/** agent-chat's database becomes members, groups and messages, unread where they were. */

eachTestStartsWith({ yaml: 'mode: manual\n' });

const bridge = (...words: string[]) => run(tmux, [...words, '--home', home]);
const json = async (...words: string[]) => JSON.parse((await bridge(...words, '--json')).stdout);

/** As its server has left it, with what is not in the file itself yet. */
function filled(): { readonly file: string; readonly db: DatabaseSyncInstance } {
  const file = join(tmux.folder, 'agent-chat.db');
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE agents (name TEXT PRIMARY KEY, groups TEXT, status TEXT, registered_at DATETIME, last_seen_at DATETIME);
    CREATE TABLE agent_groups (agent_name TEXT, group_name TEXT);
    CREATE TABLE messages (id TEXT PRIMARY KEY, from_agent TEXT, to_agent TEXT, grp TEXT, content TEXT, in_reply_to TEXT, created_at DATETIME);
    CREATE TABLE message_reads (message_id TEXT, agent_name TEXT, read_at DATETIME);
    INSERT INTO agents (name, groups) VALUES ('alice', '["team"]'), ('bob', '[]'), ('carol', '["team"]'), ('__web_dashboard', '[]');
    INSERT INTO agent_groups VALUES ('bob', 'team');
    INSERT INTO messages VALUES
      ('msg-1-aaaaaa', 'alice', 'bob', '', 'Which port?', '', '2026-05-28 15:49:00.5+00:00'),
      ('msg-2-aaaaaa', 'bob', 'alice', '', '9420.', 'msg-1-aaaaaa', '2026-05-28T15:50:00Z'),
      ('msg-3-aaaaaa', 'alice', '', 'team', 'Stop now.', '', '2026-05-28 15:51:00+00:00'),
      ('msg-4-aaaaaa', 'gone', 'bob', NULL, 'Bye.', NULL, '2026-05-28 15:52:00+00:00'),
      ('msg-5-aaaaaa', 'alice', '__web_dashboard', '', 'x', '', '2026-05-28 15:53:00+00:00');
    INSERT INTO message_reads VALUES ('msg-1-aaaaaa', 'bob', ''), ('msg-3-aaaaaa', 'carol', '');
  `);
  return { file, db };
}

test('agents, groups, messages and marks of reading are taken over once, and the file is left as it is', async () => {
  const { file, db } = filled();
  const asItLies = () => [file, `${file}-wal`].map((path) => [readFileSync(path, 'base64'), statSync(path).mtimeMs]);
  const before = asItLies();
  const leftOut =
    'left out: agent "__web_dashboard": is no name for bridge\nleft out: message "msg-5-aaaaaa": its recipient is no name for bridge\n';
  expect(await bridge('import', 'agent-chat', file, '--dry-run')).toMatchObject({
    code: 0,
    stdout: `would add 3 members: alice, bob, carol\n1 group: team\n4 messages to take over\n${leftOut}`,
  });
  const taken = await bridge('import', 'agent-chat', file);
  expect(taken, taken.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`added 3 members: alice, bob, carol\n1 group: team\n4 messages\n${leftOut}`),
  });
  expect(asItLies()).toEqual(before);
  const unread = async (name: string) =>
    (await json('inbox', '--as', name, '--peek')).messages.map(({ body }: { body: string }) => body);
  expect([await unread('alice'), await unread('bob'), await unread('carol')]).toEqual([
    ['9420.'],
    ['Stop now.', 'Bye.'],
    [],
  ]);
  const history = await json('history', '--with', 'alice');
  expect(history).toMatchObject([
    { body: 'Which port?', sentAt: Date.UTC(2026, 4, 28, 15, 49, 0, 500), thread: 'alice+bob', standing: 'claimed' },
    { body: '9420.', thread: 'alice+bob' },
    { body: 'Stop now.', to: ['bob', 'carol'], thread: 'team' },
  ]);
  expect((await json('show', history[0].id)).message.replies).toMatchObject([{ body: '9420.' }]);
  db.exec(`INSERT INTO messages VALUES ('msg-6-aaaaaa', 'bob', 'carol', '', 'Later.', '', '2026-05-29 10:00:00')`);
  expect((await bridge('import', 'agent-chat', file)).stdout).toContain(
    'added 0 members\n1 group: team\n1 message (4 known already)\n',
  );
  expect(await unread('carol')).toEqual(['Later.']);
  db.close();
});

test('what is no file of agent-chat is refused, and nothing is kept', async () => {
  const db = new DatabaseSync(join(tmux.folder, 'other.db'));
  db.exec('CREATE TABLE things (name TEXT)');
  db.close();
  const other = await bridge('import', 'agent-chat', join(tmux.folder, 'other.db'));
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('has no table agents') });
  const missing = await bridge('import', 'agent-chat', join(tmux.folder, 'none.db'));
  expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('is not there') });
  expect((await bridge('members')).stdout).toContain('no member yet');
});
