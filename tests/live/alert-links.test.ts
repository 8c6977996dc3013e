import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import type { RequestId } from '../../bridge/core/ids.ts';
import type { Dialog } from '../../bridge/core/reading.ts';
import type { Request } from '../../bridge/core/request.ts';
import { sampleRequest } from '../journal/samples.ts';
import { ask, bridge, eachHubTestStarts, tokens, url } from './hub-fixture.ts';

/** The page that an alert links to: whoever only looks does nothing, and one form decides one thing once. */

eachHubTestStarts({ refusalsPerMinute: 20 });

const waiting = { is: 'asked', of: 'human', why: 'no rule matches', at: 1 } as const;
const dialog: Dialog = {
  kind: 'approval',
  question: 'Run this?',
  subject: { is: 'command', text: 'npm test', isWhole: true },
  options: [
    { label: 'Yes', key: null, isHighlighted: true },
    { label: 'No', key: null, isHighlighted: false },
  ],
  fingerprint: 'f',
};

/** A question of `bridge ask`, which is answered at once. @returns the path of a link to it */
function asked(id: string, over: Partial<Request> = {}): string {
  put(id, over);
  return `/a/${bridge.links.mint(id as RequestId)!}`;
}
function put(id: string, over: Partial<Request> = {}): void {
  const request = sampleRequest(id, { via: 'ask', state: waiting, ...over });
  bridge.journal.saveRequest(request, { at: 1, kind: 'request-opened', subject: request.id, data: {} });
}
const stateOf = (id: string) => bridge.journal.request(id)!.state;

const nonceIn = (html: string) => /name="nonce" value="([\w-]+)"/.exec(html)?.[1] ?? '';
const nonceOf = async (path: string) => nonceIn((await ask('GET', path)).body);
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = { origin: url }) =>
  ask('POST', path, {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
const nothing = expect.stringContaining('This link opens nothing');

test('a scanner that follows the link again and again does nothing and spends nothing', async () => {
  const path = asked('r1');
  for (let round = 0; round < 50; round++) {
    const looks = [ask('GET', path), ask('HEAD', path), ask('GET', `${path}?choose=1&text=yes`)];
    for (const { status } of await Promise.all(looks)) expect(status).toBe(200);
  }
  expect(stateOf('r1')).toEqual(waiting);
  expect((await send(path, { nonce: await nonceOf(path), text: 'Yes.' })).status).toBe(200);
  expect(stateOf('r1')).toMatchObject({ answer: { by: 'human:link', instructions: 'Yes.' } });
});

test('the page shows all of it as words, has no script, keeps nothing, and is for nobody else', async () => {
  const text = '<img src=x onerror=alert(1)>\u001b[31m\u202e"\' & more';
  const { headers, body } = await ask('GET', asked('r1', { text, worker: '<b>lead</b>' }));
  expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;\\x1b[31m\\u202e"\' &amp; more');
  expect(body).not.toMatch(/<img|<script|<b>|\u001b|\u202e/);
  const policy = headers.get('content-security-policy')!.replace(/'sha256-[^']+'/, "'sha256-…'");
  expect(policy).toBe(
    "default-src 'none'; style-src 'sha256-…'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect(['cache-control', 'x-robots-tag', 'referrer-policy', 'set-cookie'].map((name) => headers.get(name))).toEqual([
    'no-store',
    'noindex, nofollow',
    'same-origin',
    null,
  ]);
});

test('it counts once: the same form again, and the link again, open nothing', async () => {
  const path = asked('r1');
  const fields = { nonce: await nonceOf(path), text: 'Yes.' };
  expect(await send(path, fields)).toMatchObject({ status: 200, body: expect.stringContaining('Done') });
  for (const again of [await send(path, fields), await send(path, { ...fields, text: 'No.' }), await ask('GET', path)])
    expect(again).toMatchObject({ status: 404, body: nothing });
  expect(stateOf('r1')).toMatchObject({ answer: { instructions: 'Yes.' } });
});

test('of two forms at once the first counts, and the other is refused', async () => {
  for (let round = 0; round < 10; round++) {
    const id = `r${round}`;
    const path = asked(id);
    const [first, second] = [await nonceOf(path), await nonceOf(path)];
    const both = await Promise.all([send(path, { nonce: first, text: 'A' }), send(path, { nonce: second, text: 'B' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
    const said = both[0]!.status === 200 ? 'A' : 'B';
    expect(stateOf(id)).toMatchObject({ answer: { instructions: said } });
    expect(bridge.journal.request(id)!.late).toEqual([]);
  }
});

test('a form that was sent uses the link up, also where the bridge refuses what it says', async () => {
  const path = asked('r1');
  const [first, second] = [await nonceOf(path), await nonceOf(path)];
  const refused = await send(path, { nonce: first, text: '<<CONTROLLER_RESPONSE' });
  expect(refused).toMatchObject({ status: 409, body: expect.stringContaining('Not done') });
  expect(await send(path, { nonce: second, text: 'Yes.' })).toMatchObject({ status: 404, body: nothing });
  expect(stateOf('r1')).toEqual(waiting);
});

test("another site's page, and a program that does not say from where, decide nothing", async () => {
  const path = asked('r1');
  const fields = { nonce: await nonceOf(path), text: 'Yes.' };
  for (const origin of ['https://evil.example', 'null', url.replace('http:', 'https:'), `${url}.evil.example`])
    expect([origin, (await send(path, fields, { origin })).status]).toEqual([origin, 403]);
  expect((await send(path, fields, {})).status).toBe(403);
  expect(stateOf('r1')).toEqual(waiting);
  expect((await send(path, fields)).status).toBe(200);
});

test('a form that is not from a page of this link decides nothing: forged, of another request, of before, sent twice', async () => {
  const [path, other] = [asked('r1'), asked('r2')];
  const theirs = await nonceOf(other);
  const own = await nonceOf(path);
  const turned = `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`;
  for (const nonce of ['', 'x', theirs, turned, own.slice(1), `${own}A`, 'A'.repeat(65)])
    expect(await send(path, { nonce, text: 'Yes.' })).toMatchObject({
      status: 403,
      body: expect.stringContaining('Nothing was done'),
    });
  // an empty answer is said, spends the form and keeps the link
  const blank = await send(path, { nonce: own, text: ' \n ' });
  expect(blank).toMatchObject({ status: 400, body: expect.stringContaining('The answer is empty.') });
  expect((await send(path, { nonce: own, text: 'Yes.' })).status).toBe(403);
  expect(stateOf('r1')).toEqual(waiting);
  expect((await send(path, { nonce: nonceIn(blank.body), text: 'Yes.' })).status).toBe(200);
  expect(stateOf('r2')).toEqual(waiting);
});

test("a link gives nothing but its one request: no other's, no route, no cookie", async () => {
  const path = asked('r1');
  asked('r2');
  const code = path.slice(3);
  for (const route of ['/api/v1/requests', '/api/v1/requests/r1', '/api/v1/overview', '/api/v1/alerts'])
    expect([route, (await ask('GET', route, { token: code })).status]).toEqual([route, 401]);
  expect((await ask('POST', '/api/v1/requests/r1/answer', { token: code, body: { text: 'x' } })).status).toBe(401);
  expect((await send('/login', { code })).status).toBe(401);
  expect((await send('/login', { token: code })).status).toBe(401);
  expect((await send(path, { nonce: await nonceOf(path), text: 'Yes.', id: 'r2', request: 'r2' })).status).toBe(200);
  expect([stateOf('r1').is, stateOf('r2').is]).toEqual(['settled', 'asked']);
});

test('what was settled elsewhere, has changed, or was never there is refused alike, and guessing is stopped', async () => {
  const [answered, changed, stolen] = [asked('r1'), asked('r2'), asked('r3')];
  const nonces = await Promise.all([answered, changed, stolen].map(nonceOf));
  expect((await ask('POST', '/api/v1/requests/r1/answer', { token: tokens.human, body: { text: 'x' } })).status).toBe(
    200,
  );
  put('r2', { text: 'Another one?' });
  expect((await send(stolen, { nonce: nonces[2]!, text: 'Mine.' })).status).toBe(200);
  const forged = `/a/${'x'.repeat(32)}`;
  const paths = [answered, changed, stolen, forged, '/a/x', `${forged}y`];
  const pages = await Promise.all(paths.map((path) => ask('GET', path)));
  const forms = await Promise.all([0, 1, 2].map((at) => send(paths[at]!, { nonce: nonces[at]!, text: 'No.' })));
  expect(new Set([...pages, ...forms].map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
  expect(pages[0]).toMatchObject({ status: 404, body: nothing });
  expect([stateOf('r1'), stateOf('r3')]).toMatchObject([
    { answer: { instructions: 'x' } },
    { answer: { instructions: 'Mine.' } },
  ]);
  expect(stateOf('r2')).toEqual(waiting);
  let status = 404;
  // twenty within a minute, and one may end meanwhile
  for (let count = 0; count < 60 && status === 404; count++) ({ status } = await ask('GET', forged));
  expect(status).toBe(429);
});

test('whoever has a link that counts is not locked out by who guesses from the same address, as behind a proxy', async () => {
  const path = asked('r1');
  const guess = (count: number) => ask('GET', `/a/${String(count).padStart(32, 'x')}`);
  const rounds: string[] = [];
  // twenty wrong ones within a minute, and one may end meanwhile
  for (let count = 0; count < 60; count++) {
    const asked = [await guess(count), await ask('GET', path), await guess(count)];
    rounds.push(asked.map(({ status }) => status).join(' '));
  }
  expect(rounds.every((round) => round.includes(' 200 '))).toBe(true);
  expect(rounds).toContain('429 200 429');
  expect((await send(path, { nonce: await nonceOf(path), text: 'Yes.' })).status).toBe(200);
  expect(stateOf('r1')).toMatchObject({ answer: { instructions: 'Yes.' } });
  // once it is used it is a guess as any other
  let status = 404;
  for (let count = 0; count < 60 && status === 404; count++) ({ status } = await ask('GET', path));
  expect(status).toBe(429);
});

test('a dialog that is elided, or whose subject is not known, shows what there is and has no form; no form is made for it', async () => {
  const parts = { subject: { is: 'command', text: 'rm -rf …', isWhole: false } } as const;
  for (const [id, over] of [
    ['r1', parts],
    ['r2', { subject: null }],
    ['r3', { options: [] }],
  ] as const) {
    const path = asked(id, { kind: 'approval', dialog: { ...dialog, ...over }, context: 'the screen of then' });
    const { body } = await ask('GET', path);
    expect(body).toContain('It cannot be decided here');
    expect(body).not.toContain('<form');
    if (id !== 'r3') expect(body).toContain('the screen of then');
    expect((await send(path, { nonce: 'x', choose: '1' })).status).toBe(403);
    expect(stateOf(id)).toEqual(waiting);
  }
});

test('in a dialog an option of it is chosen, and nothing else is said', async () => {
  const path = asked('r1', { kind: 'approval', dialog });
  const { body } = await ask('GET', path);
  expect(body).toContain('The command, to the letter');
  expect(body).not.toContain('<textarea');
  const wrong: Array<Record<string, string>> = [
    {},
    ...['0', '3', 'Yes', ''].map((choose) => ({ choose })),
    { text: 'Yes' },
  ];
  for (const fields of wrong) expect((await send(path, { ...fields, nonce: await nonceOf(path) })).status).toBe(400);
  expect(stateOf('r1')).toEqual(waiting);
});

test('a body that is huge, or no form, is refused, and the link stays', async () => {
  const path = asked('r1');
  const nonce = await nonceOf(path);
  expect((await send(path, { nonce, text: 'x'.repeat(70_000) })).status).toBe(413);
  expect((await ask('POST', path, { body: { nonce, text: 'Yes.' }, headers: { origin: url } })).status).toBe(415);
  const multipart = { 'content-type': 'multipart/form-data; boundary=x', origin: url };
  expect((await ask('POST', path, { body: '--x--', headers: multipart })).status).toBe(415);
  expect(stateOf('r1')).toEqual(waiting);
  expect((await send(path, { nonce: await nonceOf(path), text: 'Yes.' })).status).toBe(200);
});

test('a page that is opened by another name of the server than ours is none', async () => {
  const path = asked('r1');
  const status = await new Promise((resolve) =>
    httpRequest(`${url}${path}`, { headers: { host: 'evil.example' } }, (reply) => resolve(reply.statusCode)).end(),
  );
  expect(status).toBe(421);
});
