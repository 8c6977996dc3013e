import { request } from 'node:http';
import { expect, test } from 'vitest';
import { eachHubTestStarts, tokens, url } from './hub-fixture.ts';

/** Behind a proxy that speaks TLS: a browser names the proxy's address, and the server takes it for its own. */

eachHubTestStarts({ publicUrl: 'https://hub.example.org' });

/** @returns the status with which the server answers what the proxy hands on */
const pause = (host: string, origin: string) =>
  new Promise((resolve) =>
    request(
      `${url}/api/v1/pause`,
      {
        method: 'POST',
        headers: { host, origin, authorization: `Bearer ${tokens.human}`, 'content-type': 'application/json' },
      },
      (reply) => resolve(reply.resume().statusCode),
    ).end('{}'),
  );

test('its public address counts as its own, by that name alone', async () => {
  expect(await pause('hub.example.org', 'https://hub.example.org')).toBe(200);
  expect(await pause('HUB.example.org', 'https://hub.example.org')).toBe(200);
  expect(await pause('hub.example.org', 'https://hub.example.org.evil.example')).toBe(403);
  expect(await pause('hub.example.org:8443', 'https://hub.example.org:8443')).toBe(421);
  expect(await pause(new URL(url).host, 'https://hub.example.org')).toBe(403);
  expect(await pause('evil.example', 'https://hub.example.org')).toBe(421);
});
