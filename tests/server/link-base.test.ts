import { expect, test } from 'vitest';
import { hubOptions, hubOptionsOf, linkBaseOf } from '../../bridge/server/hub/hub-options.ts';

/** Where an alert may send a person: to nowhere that only this machine reaches. */

const tls = { cert: '/c.pem', key: '/k.pem' };
const loopback = { why: 'the server listens on this machine only' };
const unnamed = { why: '`public-url` of `server:` does not say where the server is reached' };

test.each([
  [{}, loopback],
  [{ host: 'localhost' }, loopback],
  [{ host: '127.8.8.8', tls }, loopback],
  [{ host: '::1', names: ['hub.example.org'] }, loopback],
  [{ host: '0.0.0.0', tls }, unnamed],
  [{ host: '::', insecureNetwork: true }, unnamed],
  [{ host: '0.0.0.0', tls, names: ['hub.example.org', 'hub'] }, { url: 'https://hub.example.org:9420' }],
  [{ host: '192.0.2.7', insecureNetwork: true }, { url: 'http://192.0.2.7:9420' }],
  [{ host: '2001:db8::7', tls }, { url: 'https://[2001:db8::7]:9420' }],
  [{ publicUrl: 'https://Hub.example.org/' }, { url: 'https://hub.example.org' }],
  [{ host: '0.0.0.0', tls, publicUrl: 'https://hub.example.org:8443' }, { url: 'https://hub.example.org:8443' }],
])('%j', (given, wanted) => {
  expect(linkBaseOf(hubOptions.parse(given), 9420)).toEqual(wanted);
});

test.each([
  ['http://hub.example.org', 'is no https: address'],
  ['ftp://hub.example.org', 'invalid'],
  ['hub.example.org', 'invalid'],
  ['javascript:alert(1)', 'invalid'],
])('%s is no public address of a server', (given, reason) => {
  expect(() => hubOptionsOf({ 'public-url': given }, {})).toThrow(reason);
});
