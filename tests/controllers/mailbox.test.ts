import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Mailbox, type MailboxSetting } from '../../bridge/controllers/mailbox.ts';
import type { MailboxEvent } from '../../bridge/core/events.ts';
import type { DeliveryId, RequestId, TurnId } from '../../bridge/core/ids.ts';
import type { Request } from '../../bridge/core/request.ts';
import { realClock, requestId, until } from './question.ts';

const ended = '20261121T012706.999Z-ended0';
const unknown = '20261121T012706.999Z-strang';

let home: string;
let events: MailboxEvent[];
let mailbox: Mailbox;
const states = new Map<string, 'open' | 'ended'>();

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-mailbox-')));
  events = [];
  states.clear();
  states.set(requestId, 'open');
  states.set(ended, 'ended');
  mailbox = newMailbox();
});
afterEach(async () => {
  await mailbox.close();
  rmSync(home, { recursive: true, force: true });
});

function newMailbox(changes: Partial<MailboxSetting> = {}) {
  return new Mailbox({
    home,
    clock: realClock,
    state: (id) => states.get(id) ?? 'unknown',
    on: (event) => events.push(event),
    ...changes,
  });
}

const request = (changes: Partial<Request> = {}): Request => ({
  id: requestId,
  worker: 'worker-1',
  pane: {} as Request['pane'],
  agent: 'codex',
  turn: 't' as TurnId,
  kind: 'request',
  text: 'Which database?',
  attributes: {},
  context: '',
  via: 'screen',
  openedAt: Date.UTC(2026, 10, 21, 1, 27, 6, 123),
  deadlineAt: null,
  state: { is: 'asked', of: 'human', why: 'manual', at: 0 },
  late: [],
  ...changes,
});

const inbox = (name = '') => join(home, 'inbox', name);
const outbox = (name = '') => join(home, 'outbox', name);
const archive = (name = '') => join(home, 'archive', name);
const page = `${requestId}.request.md`;
const answer = `${requestId}.response.md`;
const found = () => events.filter((event) => event.type === 'answer-found');
const refused = () => events.filter((event) => event.type === 'answer-refused');
const someEvent = () => until('an event', () => events.length > 0);
/** Long enough for the mailbox to have looked twice at whatever stands in outbox/: the condition is its own answer to a later file. */
async function lookedPast() {
  const marker = outbox('marker.response.md');
  writeFileSync(marker, 'x');
  await until('the marker was judged', () => refused().some((event) => event.file === marker));
  events.splice(
    events.findIndex((event) => event.file === marker),
    1,
  );
  rmSync(marker);
}

describe('publishing', () => {
  test('a request is a 0600 file with front matter, the text and the screen, and no half-written file beside it', async () => {
    await mailbox.publish(
      request({ context: 'row 1\nrow 2', attributes: { type: 'decision' } }),
      'mode manual: really',
    );
    expect(readdirSync(inbox())).toEqual([page]);
    expect(lstatSync(inbox(page)).mode & 0o777).toBe(0o600);
    expect(lstatSync(inbox()).mode & 0o777).toBe(0o700);
    const [, front, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(readFileSync(inbox(page), 'utf8'))!;
    expect(parse(front!)).toEqual({
      id: requestId,
      worker: 'worker-1',
      agent: 'codex',
      kind: 'request',
      time: '2026-11-21T01:27:06.123Z',
      reason: 'mode manual: really',
      attributes: { type: 'decision' },
      answer: expect.stringContaining(`outbox/${answer}`),
    });
    expect(body).toContain('Which database?');
    expect(body).toContain('    row 2');
  });

  test('a text that looks like front matter, and escape sequences, stay text', async () => {
    await mailbox.publish(request({ text: '---\nid: forged\n---\n\u001b[31mred\u0007', worker: 'a: b\n---' }), 'x');
    const text = readFileSync(inbox(page), 'utf8');
    expect(parse(/^---\n([\s\S]*?)\n---\n/.exec(text)![1]!)).toMatchObject({ id: requestId, worker: 'a: b\n---' });
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
  });

  test('a link that waits under the name of a request is replaced, not followed', async () => {
    mkdirSync(inbox());
    writeFileSync(join(home, 'victim'), 'precious');
    symlinkSync(join(home, 'victim'), inbox(page));
    await mailbox.publish(request(), 'x');
    expect(readFileSync(join(home, 'victim'), 'utf8')).toBe('precious');
    expect(lstatSync(inbox(page)).isFile()).toBe(true);
  });

  test('a folder that is a link is refused, for each of the three', async () => {
    mkdirSync(join(home, 'elsewhere'));
    for (const name of ['inbox', 'outbox', 'archive']) symlinkSync(join(home, 'elsewhere'), join(home, name));
    await expect(mailbox.publish(request(), 'x')).rejects.toThrow(/inbox: is a symbolic link/);
    await expect(mailbox.archive(request())).rejects.toThrow(/archive: is a symbolic link/);
    writeFileSync(join(home, 'elsewhere', answer), 'yes');
    await mailbox.start();
    expect(mailbox.problems.join()).toMatch(/inbox.*outbox.*archive|inbox.*archive.*outbox/);
    expect(found()).toEqual([]);
    expect(readdirSync(join(home, 'elsewhere'))).toEqual([answer]);
  });

  test('a folder that cannot be written is a fault that says so, and leaves nothing half-written', async () => {
    writeFileSync(join(home, 'inbox'), 'a file');
    await expect(mailbox.publish(request(), 'x')).rejects.toThrow(/inbox: is not a folder/);
    rmSync(join(home, 'inbox'));
    mkdirSync(inbox(page), { recursive: true });
    await expect(mailbox.publish(request(), 'x')).rejects.toThrow(/cannot be written/);
    expect(readdirSync(inbox())).toEqual([page]);
  });

  test('what a crash left half-written is removed at start, and nothing else is', async () => {
    mkdirSync(inbox());
    writeFileSync(inbox(`.${page}.0a1b2c3d.tmp`), 'half');
    writeFileSync(inbox('.gitignore'), '*');
    await mailbox.start();
    expect(readdirSync(inbox())).toEqual(['.gitignore']);
  });

  test('an inbox that somebody removed comes back with the requests that were in it', async () => {
    await mailbox.start();
    await mailbox.publish(request(), 'x');
    rmSync(inbox(), { recursive: true });
    await until('the request is there again', () => existsSync(inbox(page)));
  });
});

describe('taking answers', () => {
  test('the watcher rings at once; no rescan is needed to find an answer', async () => {
    const clock = {
      ...realClock,
      after: (ms: number, call: () => void) => (ms < 1_000 ? realClock.after(ms, call) : () => {}),
    };
    mailbox = newMailbox({ clock });
    await mailbox.start();
    for (const text of ['first', 'second']) {
      writeFileSync(outbox(answer), text);
      await until(text, () => found().some((event) => 'instructions' in event && event.instructions === text));
    }
  });

  test('an answer that was there before the start is found', async () => {
    mkdirSync(outbox());
    writeFileSync(outbox(answer), 'Use sqlite.\n');
    await mailbox.start();
    await someEvent();
    expect(events).toEqual([
      { type: 'answer-found', requestId, instructions: 'Use sqlite.', notes: '', file: outbox(answer) },
    ]);
  });

  test('an answer written while it watches is found, once, and .txt is as good', async () => {
    await mailbox.start();
    writeFileSync(outbox(`${requestId}.response.txt`), 'Use sqlite.');
    await someEvent();
    await lookedPast();
    expect(found()).toHaveLength(1);
  });

  test('a file that says `arrived: yes` and nothing else settles an answer in doubt; with a text it is neither', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), '---\narrived: yes\n---\n');
    await until('it is found', () => events.length > 0);
    expect(events).toEqual([{ type: 'arrival-found', requestId, file: outbox(answer) }]);
    writeFileSync(outbox(answer), '---\narrived: yes\n---\nUse sqlite.\n');
    await until('it is refused', () => events.length > 1);
    expect(events[1]).toMatchObject({ type: 'answer-refused', reason: expect.stringContaining('stands alone') });
  });

  test('an answer renamed in, written a while ago, is taken at the first look', async () => {
    await mailbox.start();
    const temporary = join(home, 'draft');
    writeFileSync(temporary, 'Use sqlite.');
    const earlier = new Date(Date.now() - 5_000);
    utimesSync(temporary, earlier, earlier);
    renameSync(temporary, outbox(answer));
    await someEvent();
    expect(found()).toHaveLength(1);
  });

  test('an answer that is still being written is not taken before it is whole', async () => {
    let nowMs = 0; // before any file's own time, so that only what was seen counts
    let asked = 0;
    const now = () => {
      asked += 1;
      return nowMs;
    };
    mailbox = newMailbox({ clock: { ...realClock, now } });
    await mailbox.start();
    for (let part = 1; part <= 8; part += 1) {
      writeFileSync(outbox(answer), `part ${part}\n`, { flag: 'a' });
      const before = asked;
      await until('it looked twice', () => asked >= before + 2);
      expect(events).toEqual([]);
      nowMs += 290;
    }
    nowMs += 20;
    await someEvent();
    expect(found()).toMatchObject([{ instructions: expect.stringMatching(/^part 1[\s\S]*part 8$/) }]);
  });

  test('an answer changed by the human is found again, with its new text', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), 'first');
    await until('the first', () => found().length === 1);
    writeFileSync(outbox(answer), 'second thoughts');
    await until('the second', () => found().length === 2);
    expect(found()[1]).toMatchObject({ instructions: 'second thoughts' });
  });

  test('sections, a response block and front matter are understood; none of them is required', async () => {
    const cases: Array<[string, string, string]> = [
      ['WORKER INSTRUCTIONS:\ndo it\nNOTES:\nwhy\n', 'do it', 'why'],
      [`<<CONTROLLER_RESPONSE id=${requestId}>>\ndo it\n<<CONTROLLER_RESPONSE_END>>`, 'do it', ''],
      [`---\nid: ${requestId}\nnotes: why\n---\n\ndo it\n`, 'do it', 'why'],
      [`---\r\nid: ${requestId}\r\n---\r\ndo it\r\nnow\r\n`, 'do it\nnow', ''],
      ['---\nname: a file to write\n---\nbody', '---\nname: a file to write\n---\nbody', ''],
      ['---\n: not yaml [\n---\nbody', '---\n: not yaml [\n---\nbody', ''],
      ['\ufeffdo it', 'do it', ''],
      ['2. Notes.md must be updated', '2. Notes.md must be updated', ''],
      ['C-c $(x) `y` 漢字 👩‍👩‍👧;\n\n\ttab', 'C-c $(x) `y` 漢字 👩‍👩‍👧;\n\n\ttab', ''],
    ];
    await mailbox.start();
    for (const [text, instructions, notes] of cases) {
      const before = found().length;
      writeFileSync(outbox(answer), text);
      await until(text, () => found().length > before);
      expect(found().at(-1)).toMatchObject({ instructions, notes });
    }
    expect(refused()).toEqual([]);
  });

  test('without splitting, headers and notes are part of the answer', async () => {
    mailbox = newMailbox({ split: false });
    await mailbox.start();
    writeFileSync(outbox(answer), 'WORKER INSTRUCTIONS: a\nNOTES: b');
    await someEvent();
    expect(found()).toMatchObject([{ instructions: 'WORKER INSTRUCTIONS: a\nNOTES: b', notes: '' }]);
  });

  test('an outbox that was removed and made again is watched again', async () => {
    await mailbox.start();
    rmSync(outbox(), { recursive: true });
    await until('the folder is there again', () => existsSync(outbox()));
    writeFileSync(outbox(answer), 'yes');
    await someEvent();
    expect(found()).toHaveLength(1);
  });

  test('many answers at once are each found once', async () => {
    await mailbox.start();
    const ids = Array.from({ length: 40 }, (_, n) => `20261121T012706.${100 + n}Z-aaaaaa` as RequestId);
    for (const id of ids) {
      states.set(id, 'open');
      writeFileSync(outbox(`${id}.response.md`), id);
    }
    await until('all are found', () => found().length >= ids.length);
    await lookedPast();
    expect(
      found()
        .map((event) => (event as { instructions: string }).instructions)
        .sort(),
    ).toEqual(ids);
  });
});

describe('refusing', () => {
  const secretOf = () => {
    writeFileSync(join(home, 'secret'), 'secret');
    return join(home, 'secret');
  };
  const cases: Array<[string, RegExp, (path: string) => void, string?]> = [
    ['a symbolic link', /symbolic link/, (path) => symlinkSync(secretOf(), path)],
    ['a link to nothing', /symbolic link/, (path) => symlinkSync('/nowhere', path)],
    ['a hard link', /hard link/, (path) => linkSync(secretOf(), path)],
    ['a FIFO', /regular file/, (path) => execFileSync('mkfifo', [path])],
    ['a folder', /regular file/, (path) => mkdirSync(path)],
    ['an empty file', /empty/, (path) => writeFileSync(path, '')],
    ['a blank file', /empty/, (path) => writeFileSync(path, ' \n\n')],
    ['bytes that are not UTF-8', /UTF-8/, (path) => writeFileSync(path, Buffer.from([0x63, 0x61, 0x66, 0xe9]))],
    ['UTF-16', /UTF-8/, (path) => writeFileSync(path, Buffer.from('\ufeffyes', 'utf16le'))],
    ['NUL characters', /NUL/, (path) => writeFileSync(path, 'a\0b')],
    ['a file over 256 KB', /larger/, (path) => writeFileSync(path, 'x'.repeat(256 * 1024 + 1))],
    ['notes without instructions', /no instructions/, (path) => writeFileSync(path, 'NOTES: hm')],
    ['an escalation', /nobody above/, (path) => writeFileSync(path, 'ESCALATE: help')],
    ['half a block', /incomplete/, (path) => writeFileSync(path, '<<CONTROLLER_RESPONSE>>\nhalf')],
    [
      'front matter of another request',
      /another request/,
      (path) => writeFileSync(path, `---\nid: ${ended}\n---\nyes`),
    ],
    ['an unknown id', /no request has this id/, (path) => writeFileSync(path, 'yes'), `${unknown}.response.md`],
    ['a dismissed request', /ended already/, (path) => writeFileSync(path, 'yes'), `${ended}.response.md`],
    ['an id we never mint', /no request id/, (path) => writeFileSync(path, 'yes'), 'latest.response.md'],
    ['another name', /not named/, (path) => writeFileSync(path, 'yes'), 'answer.md'],
  ];
  test.each(cases)('%s is left where it is and reported once', async (_what, reason, make, name = answer) => {
    await mailbox.start();
    make(outbox(name));
    await someEvent();
    await lookedPast();
    expect(events).toEqual([{ type: 'answer-refused', file: outbox(name), reason: expect.stringMatching(reason) }]);
    expect(lstatSync(outbox(name), { throwIfNoEntry: false })).toBeDefined();
  });

  test.runIf(process.getuid?.() === 0)("another user's file is refused", async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), 'yes');
    chownSync(outbox(answer), 12_345, 12_345);
    await someEvent();
    expect(events).toMatchObject([{ type: 'answer-refused', reason: 'it belongs to another user' }]);
  });

  test.runIf(process.getuid?.() === 0)("another user's folder is refused, and used again once it is ours", async () => {
    mkdirSync(outbox());
    chownSync(outbox(), 12_345, 12_345);
    await mailbox.start();
    expect(mailbox.problems.join()).toMatch(/another user/);
    chownSync(outbox(), 0, 0);
    writeFileSync(outbox(answer), 'yes');
    await until('the answer', () => found().length === 1);
    expect(mailbox.problems).toEqual([]);
  });

  test('a socket is refused', async () => {
    await mailbox.start();
    const server = createServer().listen(outbox(answer));
    try {
      await someEvent();
      expect(events).toMatchObject([{ type: 'answer-refused', reason: 'it is not a regular file' }]);
    } finally {
      server.close();
    }
  });

  test('what an editor or a copying program leaves around is no answer and not worth a word', async () => {
    await mailbox.start();
    const names = [
      `.${answer}`,
      `.${answer}.swp`,
      `${answer}~`,
      `${answer}.swp`,
      `${answer}.tmp`,
      `#${answer}#`,
      '4913',
      `${answer}.part`,
    ];
    for (const name of names) writeFileSync(outbox(name), 'yes');
    await lookedPast();
    expect(events).toEqual([]);
  });

  test('a refused file that is then corrected is taken', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), '');
    await until('the refusal', () => refused().length === 1);
    writeFileSync(outbox(answer), 'yes');
    await until('the answer', () => found().length === 1);
  });

  test('folders that others may enter are closed to them', async () => {
    mkdirSync(outbox());
    chmodSync(outbox(), 0o777);
    await mailbox.start();
    expect(lstatSync(outbox()).mode & 0o777).toBe(0o700);
  });
});

describe('a file that somebody has not finished with', () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  /** A program of ours that has the file open. */
  async function hold(file: string, how: '>' | '>>' | '<'): Promise<ChildProcess> {
    const child = spawn('sh', ['-c', `exec 7${how}"$1"; printf x; read line; printf 'line 2\n' >&7`, 'sh', file]);
    running.push(child);
    await once(child.stdout!, 'data');
    return child;
  }

  test.runIf(process.platform === 'linux')(
    'one that is open for writing is waited for, however still it lies',
    async () => {
      await mailbox.start();
      writeFileSync(outbox(answer), 'line 1\n');
      const writer = await hold(outbox(answer), '>>');
      await lookedPast();
      await lookedPast();
      expect(events).toEqual([]);
      writer.stdin!.end('\n');
      await someEvent();
      expect(found()).toMatchObject([{ instructions: 'line 1\nline 2' }]);
    },
  );

  test('one that is only read is not waited for', async () => {
    await mailbox.start();
    writeFileSync(outbox('.draft'), 'yes');
    await hold(outbox('.draft'), '<');
    renameSync(outbox('.draft'), outbox(answer));
    await someEvent();
    expect(found()).toHaveLength(1);
  });

  test.each([`.${answer}.swp`, `.${answer}.swo`, `.#${answer}`, `#${answer}#`, `.~lock.${answer}#`])(
    'one beside which an editor has laid %s is waited for',
    async (beside) => {
      mkdirSync(outbox());
      if (beside.startsWith('.#')) symlinkSync('me@here.1:2', outbox(beside));
      else writeFileSync(outbox(beside), '');
      writeFileSync(outbox(answer), 'half of it, saved');
      await mailbox.start();
      await lookedPast();
      expect(events).toEqual([]);
      rmSync(outbox(beside));
      await someEvent();
      expect(found()).toHaveLength(1);
    },
  );

  test('whoever has it open for long is named, once', async () => {
    let lateMs = 0;
    mailbox = newMailbox({ clock: { ...realClock, now: () => Date.now() + lateMs } });
    await mailbox.start();
    writeFileSync(outbox(`.${answer}.swp`), '');
    writeFileSync(outbox(answer), 'yes');
    await lookedPast();
    lateMs = 11_000;
    await someEvent();
    await lookedPast();
    expect(events).toEqual([{ type: 'answer-held', file: outbox(answer), reason: expect.stringContaining('.swp') }]);
  });

  test('an answer that grows after it was put away is reported', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), 'line 1\n');
    await someEvent();
    await mailbox.archive(request());
    writeFileSync(archive(answer), 'line 2\n', { flag: 'a' });
    await until('it is reported', () => events.length === 2);
    expect(events[1]).toEqual({ type: 'answer-grew', file: archive(answer) });
  });
});

describe('what a person does with a page', () => {
  const copied = (change = (text: string) => text) =>
    writeFileSync(outbox(answer), change(readFileSync(inbox(page), 'utf8')));
  const told = async () => {
    await someEvent();
    return events;
  };

  test.each<[string, (text: string) => string]>([
    ['copied', (text) => text],
    ['copied, with the answer above it', (text) => text.replace('\n---\n', '\n---\n\nSQLite.\n')],
    ['copied, with the answer below it', (text) => `${text}\nSQLite.\n`],
    ['copied without its front matter', (text) => text.replace(/^---[\s\S]*?\n---\n/, '')],
    ['copied with other line ends', (text) => text.replaceAll('\n', '\r\n')],
  ])('a page %s is no answer', async (_how, change) => {
    await mailbox.start();
    await mailbox.publish(request({ context: 'row 1\n$ rm -rf /' }), 'manual');
    copied(change);
    expect(await told()).toEqual([
      { type: 'answer-refused', file: outbox(answer), reason: expect.stringMatching(/page from inbox/) },
    ]);
  });

  test('an edit is answered once, and not written over', async () => {
    await mailbox.start();
    await mailbox.publish(request(), 'manual');
    writeFileSync(inbox(page), 'SQLite.');
    expect(await told()).toEqual([{ type: 'page-edited', requestId, file: inbox(page) }]);
    writeFileSync(inbox(page), 'SQLite, please.');
    rmSync(archive(), { recursive: true });
    await until('it looked again', () => existsSync(archive()));
    expect(events).toHaveLength(1);
    expect(readFileSync(inbox(page), 'utf8')).toBe('SQLite, please.');
  });

  test('an edit that a restart would write over is kept in the archive', async () => {
    await mailbox.publish(request(), 'manual');
    writeFileSync(inbox(page), 'SQLite.');
    await newMailbox().publish(request(), 'manual, again');
    expect(events).toEqual([{ type: 'page-edited', requestId, file: archive(page) }]);
    expect(readFileSync(archive(page), 'utf8')).toBe('SQLite.');
    await newMailbox().publish(request(), 'manual, a third time');
    expect(events).toHaveLength(1);
  });

  test('a page that nobody touched is no edit where the next bridge has more to say of it', async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      memory: <T>(key: string) => (kept.get(key) as T) ?? null,
      saveMemory: (key: string, value: unknown) => void kept.set(key, value),
    };
    await newMailbox({ memory }).publish(request(), 'manual');
    const answer = { by: 'human:cli', instructions: 'SQLite.', notes: '', at: 0 };
    const doubt = { answer, deliveryId: 'd1' as DeliveryId, delivery: 'not-typed' } as const;
    const asked = { is: 'asked', of: 'human', why: 'another bridge typed there', at: 1, doubt } as const;
    const next = newMailbox({ memory });
    await next.publish(request({ state: asked }), 'another bridge typed there');
    expect(events).toEqual([]);
    expect(readFileSync(inbox(page), 'utf8')).toContain('Has this been answered?');
    writeFileSync(inbox(page), 'SQLite.');
    await newMailbox({ memory }).publish(request({ state: asked }), 'again');
    expect(events).toMatchObject([{ type: 'page-edited' }]);
    await next.archive(request());
    expect(kept.get('inbox-pages')).toEqual({});
  });

  test('the end of an id names its request, unless it fits several', async () => {
    const resolve = (end: string) => (end === 'f3k9q' ? 'several' : requestId.endsWith(end) ? requestId : null);
    mailbox = newMailbox({ resolve });
    await mailbox.start();
    writeFileSync(outbox('7f3k9q.response.md'), 'yes');
    await someEvent();
    expect(found()).toMatchObject([{ requestId, instructions: 'yes' }]);
    await mailbox.archive(request());
    expect([readdirSync(outbox()), readdirSync(archive())]).toEqual([[], [answer]]);
    writeFileSync(outbox('f3k9q.response.md'), 'yes');
    await until('it is refused', () => refused().length === 1);
    expect(refused()).toMatchObject([{ reason: expect.stringMatching(/several/) }]);
  });

  test('a bad file is reported once, also by the next bridge, until it is another', async () => {
    const kept = new Map<string, unknown>();
    const memory = {
      memory: <T>(key: string) => (kept.get(key) as T) ?? null,
      saveMemory: (key: string, value: unknown) => void kept.set(key, value),
    };
    mkdirSync(outbox());
    writeFileSync(outbox(`${unknown}.response.md`), 'yes');
    for (const expected of [1, 1]) {
      mailbox = newMailbox({ memory });
      await mailbox.start();
      await lookedPast();
      expect(refused()).toHaveLength(expected);
      await mailbox.close();
    }
    writeFileSync(outbox(`${unknown}.response.md`), 'yes, really');
    mailbox = newMailbox({ memory });
    await mailbox.start();
    await until('it is reported anew', () => refused().length === 2);
  });
});

describe('archiving', () => {
  /** As if nobody had written to it for a minute. */
  const age = (name: string) => utimesSync(outbox(name), Date.now() / 1000 - 60, Date.now() / 1000 - 60);

  test('an answer that an editor left readable for everybody is nobody else’s in the archive', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), 'Yes.');
    chmodSync(outbox(answer), 0o644);
    age(answer);
    await mailbox.archive(request());
    expect(lstatSync(archive(answer)).mode & 0o777).toBe(0o600);
  });

  test('a settled pair moves to the archive, and a second one of the same name overwrites nothing', async () => {
    await mailbox.start();
    for (const text of ['first', 'second', 'third']) {
      await mailbox.publish(request({ text }), 'x');
      const before = found().length;
      writeFileSync(outbox(answer), text);
      await until('the answer', () => found().length > before);
      await mailbox.archive(request());
    }
    expect(readdirSync(inbox())).toEqual([]);
    expect(readdirSync(outbox())).toEqual([]);
    expect(readdirSync(archive())).toHaveLength(6);
    const answers = readdirSync(archive()).filter((name) => name.includes('.response.'));
    expect(answers.map((name) => readFileSync(archive(name), 'utf8')).sort()).toEqual(['first', 'second', 'third']);
  });

  test('a page that is still being written when its request ends does not stay in the inbox', async () => {
    await Promise.all([mailbox.publish(request(), 'x'), mailbox.archive(request())]);
    expect(readdirSync(inbox())).toEqual([]);
    expect(readdirSync(archive())).toEqual([page]);
    await mailbox.start();
    await lookedPast();
    expect(readdirSync(inbox())).toEqual([]);
  });

  test('archiving what is not there, or twice, does nothing', async () => {
    await mailbox.archive(request());
    await mailbox.publish(request(), 'x');
    await mailbox.archive(request());
    await mailbox.archive(request());
    expect(readdirSync(archive())).toEqual([page]);
  });

  test('a link in the way is left alone', async () => {
    await mailbox.start();
    writeFileSync(join(home, 'secret'), 'secret');
    symlinkSync(join(home, 'secret'), outbox(answer));
    await mailbox.archive(request());
    expect(lstatSync(outbox(answer)).isSymbolicLink()).toBe(true);
    expect(readdirSync(archive())).toEqual([]);
  });

  test('an answer changed after it was taken is not put away unread', async () => {
    await mailbox.start();
    writeFileSync(outbox(answer), 'first');
    await until('the answer', () => found().length === 1);
    await mailbox.close();
    writeFileSync(outbox(answer), 'too late, but said');
    await mailbox.archive(request());
    expect(readFileSync(outbox(answer), 'utf8')).toBe('too late, but said');
  });

  test('an answer that lay unread when its request ended is told once, as an answer, and put away', async () => {
    mkdirSync(outbox());
    writeFileSync(outbox(`${ended}.response.md`), 'yes');
    await mailbox.start();
    await lookedPast();
    await mailbox.archive(request({ id: ended as RequestId }));
    await lookedPast();
    expect(events).toMatchObject([{ type: 'answer-found', requestId: ended, instructions: 'yes' }]);
    expect(readdirSync(archive())).toEqual([`${ended}.response.md`]);
  });

  test('one whose request ends while it is looked at is not refused: it is told when that is put away', async () => {
    mkdirSync(outbox());
    writeFileSync(outbox(answer), 'yes');
    age(answer);
    let looks = 0;
    mailbox = newMailbox({ state: () => (looks++ === 0 ? 'open' : 'ended') });
    await mailbox.start();
    expect(looks).toBeGreaterThan(1);
    await mailbox.archive(request());
    expect(events).toMatchObject([{ type: 'answer-found', instructions: 'yes' }]);
    expect(readdirSync(archive())).toEqual([answer]);
  });

  test('one that was written just then is waited for a moment; by a command, or where it is none, it is left', async () => {
    mkdirSync(outbox());
    writeFileSync(outbox(answer), 'half an ans');
    const soon = Date.now() / 1000 + 60;
    utimesSync(outbox(answer), soon, soon);
    await mailbox.archive(request());
    expect([readdirSync(outbox()), events]).toEqual([[answer], []]);
    rmSync(outbox(answer));
    await mailbox.start();
    writeFileSync(outbox(answer), 'a whole answer');
    await mailbox.archive(request());
    expect(events).toMatchObject([{ type: 'answer-found', instructions: 'a whole answer' }]);
    writeFileSync(outbox(`${ended}.response.md`), '');
    age(`${ended}.response.md`);
    await mailbox.archive(request({ id: ended as RequestId }));
    expect(readdirSync(outbox())).toEqual([`${ended}.response.md`]);
    await until('it is refused', () => events.length === 2);
    expect(events[1]).toMatchObject({ type: 'answer-refused' });
  });

  test('after a restart the pair of an ended request is put away, although this mailbox never read it', async () => {
    mkdirSync(outbox());
    writeFileSync(outbox(answer), 'yes');
    age(answer);
    await mailbox.archive(request());
    expect(readdirSync(archive())).toEqual([answer]);
  });
});

test('a closed mailbox looks no more', async () => {
  await mailbox.start();
  await mailbox.close();
  writeFileSync(outbox(answer), 'yes');
  const other = newMailbox();
  await other.start();
  await until('another mailbox finds it', () => found().length === 1);
  await other.close();
  expect(found()).toHaveLength(1);
});
