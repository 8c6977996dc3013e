import { expect, test } from 'vitest';
import { ask, bridge, eachHubTestStarts, hub, listen, tokens, url } from './hub-fixture.ts';

/** A browser is let in by a link, once, or by a token; its cookie works from our own pages only. */

eachHubTestStarts();

const form = (fields: Record<string, string>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
});
const codeIn = (link: string) => new URL(link).searchParams.get('code')!;

async function loggedIn(fields: Record<string, string>): Promise<string> {
  const reply = await fetch(`${url}/login`, { method: 'POST', redirect: 'manual', ...form(fields) });
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/']);
  const cookie = reply.headers.get('set-cookie')!;
  expect(cookie).toMatch(/^bridge-session=bridge_\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
  return cookie.split(';')[0]!;
}

test('a link lets one browser in, once; whoever only looks at it spends nothing', async () => {
  const link = hub.loginLink();
  for (let count = 0; count < 3; count++) {
    const { status, body } = await ask('GET', new URL(link).pathname + new URL(link).search);
    expect([status, body]).toEqual([200, expect.stringContaining(`value="${codeIn(link)}"`)]);
  }
  const cookie = await loggedIn({ code: codeIn(link) });
  expect((await ask('POST', '/login', form({ code: codeIn(link) }))).status).toBe(401);
  expect((await ask('GET', '/api/v1/overview', { headers: { cookie } })).status).toBe(200);
  expect((await ask('GET', '/api/v1/tokens', { headers: { cookie } })).status).toBe(200);
});

test('a cookie acts from our own pages only', async () => {
  const cookie = await loggedIn({ code: codeIn(hub.loginLink()) });
  const pause = (headers: Record<string, string>) =>
    ask('POST', '/api/v1/pause', { body: {}, headers: { cookie, ...headers } });
  expect((await pause({})).status).toBe(403);
  expect((await pause({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await pause({ origin: url })).status).toBe(200);
  await expect(listen('/api/v1/events', undefined, { cookie })).rejects.toThrow('403');
  (await listen('/api/v1/events', undefined, { cookie, origin: url })).socket.close();
  expect(
    (
      await ask('POST', '/login', {
        ...form({ code: 'x' }),
        headers: { ...form({}).headers, origin: 'https://evil.example' },
      })
    ).status,
  ).toBe(403);
});

test('a token of a person lets in as what it is; that of an agent, and what is made up, do not', async () => {
  const cookie = await loggedIn({ token: tokens.human });
  expect((await ask('GET', '/api/v1/overview', { headers: { cookie } })).status).toBe(200);
  expect((await ask('GET', '/api/v1/tokens', { headers: { cookie } })).status).toBe(403);
  for (const fields of [{ token: tokens.lead }, { token: 'x' }, { code: '' }, {}, { code: '"><script>' }])
    expect([fields, (await ask('POST', '/login', form(fields as Record<string, string>))).status]).toEqual([
      fields,
      401,
    ]);
  expect((await ask('GET', '/login?code=%22%3E%3Cscript%3E')).body).not.toContain('<script>');
});

test('who logs out is out, and only there', async () => {
  const [here, there] = [await loggedIn({ token: tokens.human }), await loggedIn({ token: tokens.human })];
  const out = await fetch(`${url}/logout`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: here, origin: url },
  });
  expect([out.status, out.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('Max-Age=0')]);
  const status = async (cookie: string) => (await ask('GET', '/api/v1/whoami', { headers: { cookie } })).status;
  expect([await status(here), await status(there)]).toEqual([401, 200]);
  expect((await ask('GET', '/api/v1/whoami', { token: tokens.human })).status).toBe(200);
  expect(bridge.tokens.list().filter(({ name }) => name.startsWith('browser-'))).toHaveLength(1);
});
