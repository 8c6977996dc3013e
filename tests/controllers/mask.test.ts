import { expect, test } from 'vitest';
import { maskSecrets } from '../../bridge/controllers/mask.ts';

/** Assembled, so that this file itself holds nothing that looks like a secret. */
const long = (length: number) => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'.repeat(4).slice(0, length);

test.each([
  ['an OpenAI key', `sk-${long(48)}`],
  ['an OpenAI project key', `sk-proj-${long(60)}`],
  ['an Anthropic key', `sk-ant-api03-${long(60)}`],
  ['a GitHub token', `ghp_${long(36)}`],
  ['a fine-grained GitHub token', `github_pat_${long(40)}`],
  ['a GitLab token', `glpat-${long(20)}`],
  ['a Slack token', `xoxb-1234567890-${long(20)}`],
  ['a Google key', `AIza${long(35)}`],
  ['a Stripe key', `sk_live_${long(24)}`],
  ['an npm token', `npm_${long(36)}`],
  ['a Hugging Face token', `hf_${long(34)}`],
  ['an AWS key id', `AKIA${'ABCD1234EFGH5678'}`],
  ['an OpenAI key of letters', `sk-${'abcdefghijklmnopqrstuvwxyz'.repeat(2)}`],
  ['a Slack app token', `xapp-1-A0123-${long(40)}`],
  ['a Google OAuth token', `ya29.${long(60)}`],
  ['a Google client secret', `GOCSPX-${long(28)}`],
  ['a DigitalOcean token', `dop_v1_${'0123456789abcdef'.repeat(4)}`],
  ['a Shopify token', `shpat_${'0123456789abcdef'.repeat(2)}`],
  ['a Vault token', `hvs.${long(90)}`],
  ['a Telegram token', `123456789:AA${long(33)}`],
  ['a Twilio key', `SK${'0123456789abcdef'.repeat(2)}`],
  ['a webhook secret', `whsec_${long(32)}`],
  ['an age key', `AGE-SECRET-KEY-1${long(58).toUpperCase()}`],
  ['a JSON web token', `eyJ${long(20)}.eyJ${long(20)}.${long(30)}`],
])('%s is masked wherever it stands', (_name, secret) => {
  for (const text of [secret, `key ${secret} here`, `"${secret}"`, `curl -H x:${secret}, and`, `(${secret})`]) {
    expect(maskSecrets(text)).not.toContain(secret.slice(0, 16));
    expect(maskSecrets(text)).toContain('[masked');
  }
});

test.each([
  ['Authorization: Bearer abcdefghijklmnop', 'abcdefghijklmnop'],
  ['-H "authorization: bearer Abcdef123456ghijkl"', 'Abcdef123456ghijkl'],
  ['Authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA'],
  ['postgres://app:hunter2@db.example:5432/x', 'hunter2'],
  ['https://user:p%40ss@example.org/path', 'p%40ss'],
  ['redis://:hunter2@localhost', 'hunter2'],
  ['OPENAI_API_KEY=not-a-known-shape', 'not-a-known-shape'],
  ['export DATABASE_PASSWORD="correct horse"', 'correct horse'],
  ["GH_TOKEN='abcdefgh'", 'abcdefgh'],
  ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCY', 'wJalrXUtnFEMI'],
  ['aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCY', 'wJalrXUtnFEMI'],
  ['  "apiKey": "abc123def456"', 'abc123def456'],
  ['password: hunter2hunter2', 'hunter2hunter2'],
  ['//registry.example/:_authToken=abcdef-123456', 'abcdef-123456'],
  ['client_secret=abcdefghij', 'abcdefghij'],
  ['postgres://app:hun/ter22@db/x', 'ter22'],
  ['postgres://app:hun@ter22@db/x', 'ter22'],
  ['https://me:a:b#c?d@example.org/path', 'b#c'],
  ['one postgres://a:hunter22@h/x two redis://:hunter33@h', 'hunter33'],
  ['curl -u admin:hunter22 https://x', 'hunter22'],
  ['mysql -phunter22 -u root', 'hunter22'],
  ['mytool --password hunter22 --verbose', 'hunter22'],
  ['mytool --token=hunter22', 'hunter22'],
  ['docker run -e DB_PASSWORD hunter22 x', 'hunter22'],
  ['set -x API_KEY hunter22hunter', 'hunter22hunter'],
  ['machine h login u password hunter22', 'hunter22'],
  ['dbPassword=hunter22', 'hunter22'],
  ['{"accessToken": "hunter22"}', 'hunter22'],
  ['PASSWORD=abc12', 'abc12'],
  ['Cookie: session=abcdefghijklmnop', 'abcdefghijklmnop'],
  ['{"auths":{"x":{"auth":"dXNlcjpwYXNzd29yZA=="}}}', 'dXNlcjpwYXNz'],
  [`AccountKey=${long(86)}==`, long(40)],
  [`https://hooks.slack.com/services/T0AB/B0AB/${long(24)}`, long(24)],
])('the secret part of a line is masked and the rest stays readable: %j', (line, secret) => {
  const masked = maskSecrets(`before\n${line}\nafter`);
  expect(masked).not.toContain(secret);
  expect(masked).toMatch(/^before\n[\s\S]*\[masked[\s\S]*\nafter$/);
});

test('a private key is masked whole, and also when its end is not on the screen', () => {
  const begin = `-----BEGIN RSA ${'PRIVATE'} KEY-----`;
  const body = `${long(64)}\n${long(64)}`;
  const whole = maskSecrets(`a\n${begin}\n${body}\n-----END RSA ${'PRIVATE'} KEY-----\nb`);
  expect(whole).toBe('a\n[masked private key]\nb');
  expect(maskSecrets(`a\n${begin}\n${body}`)).toBe('a\n[masked private key]');
});

const pem = (inner: string) => `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${inner}\n-----END RSA ${'PRIVATE'} KEY-----`;
test.each([
  [
    'with headers and a blank line',
    `a\n${pem(`Proc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n${long(64)}\n${long(30)}=`)}\nb`,
    'a\n@\nb',
  ],
  [
    'of which the end is out of sight',
    `${pem(`Proc-Type: 4\n\n${long(64)}\n${long(64)}`).split('\n-----END')[0]}\n\nThe next question?`,
    '@\n\nThe next question?',
  ],
  [
    'of which only the end is in sight',
    `Look:\n${pem(`${long(64)}\n${long(64)}\n${long(20)}==`)
      .split('\n')
      .slice(1)
      .join('\n')}\nb`,
    'Look:\n@\nb',
  ],
  [
    'in a box',
    pem(`\n${long(60)}\n${long(12)}`)
      .replace(/^.*$/gm, '│ $& │')
      .split('\n')
      .slice(0, -1)
      .join('\n'),
    '│ @',
  ],
  ['with Windows lines', `a\r\n${pem(long(64)).replaceAll('\n', '\r\n')}\r\nb`, 'a\r\n@\r\nb'],
  ['twice', `${pem(long(64))}\nand\n${pem(long(64))}`, '@\nand\n@'],
  ['after one that was cut off', `${pem(long(64)).split('\n-----END')[0]}\nand\n${pem(long(64))}`, '@\nand\n@'],
])('a private key %s is masked whole, and no more than it', (_how, text, masked) => {
  expect(maskSecrets(text).replaceAll('[masked private key]', '@')).toBe(masked);
});

test.each([
  'pip install sk-learn',
  'use --password to set it, or --token <token>',
  'http://localhost:8080/x@y and http://h:3000',
  'secretPassword = readPassword()',
  'task SKeleton and ACcount',
  'cookies: 3',
  'curl -u $USER:$PASS https://x',
  'mysql -p -u root',
  'Look at -----END OF FILE-----',
  'the task-force-of-twenty-people-or-more came',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
  'id 123e4567-e89b-12d3-a456-426614174000',
  'sha512-abc/def+ghi==',
  'MONKEY=banana_split',
  'KEYBOARD=us-international',
  'TOKEN=$GITHUB_TOKEN',
  'API_KEY=${API_KEY}',
  'API_KEY=<your key here>',
  'API_KEY=',
  'API_KEY=xxxxxxxx',
  'max_tokens=400000',
  'token_count: 1234567',
  'password: string',
  'password: required',
  'password = getPassword()',
  'const apiKey = process.env.API_KEY',
  'Enter the password: then press Enter',
  'the secret: nobody knows',
  'the bearer of this message',
  'Bearer tokens are used',
  'https://example.org/a:b@v1.2',
  'http://localhost:8080/x@y',
  'git@github.com:owner/repo.git',
  'user@host:path',
  'postgres://app:$PASSWORD@db/x',
  'postgres://app:<password>@db/x',
  '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc user@host',
  'PRIMARY KEY: id',
  'KEY=F1',
])('a look-alike stays as it is: %j', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test('masking twice changes nothing more, and no text makes it slow', () => {
  const once = maskSecrets('OPENAI_API_KEY=not-a-known-shape');
  expect(maskSecrets(once)).toBe(once);
  for (const piece of ['A_', 'sk-', 'a-', 'eyJ', '-----BEGIN PRIVATE KEY-----', 'http://a:', 'KEY=', 'x', ' ', '"']) {
    const startedAt = performance.now();
    maskSecrets(piece.repeat(Math.ceil(200_000 / piece.length)));
    expect(performance.now() - startedAt, piece).toBeLessThan(10_000);
  }
});
