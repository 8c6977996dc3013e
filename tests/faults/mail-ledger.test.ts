import { expect, test } from 'vitest';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { DeliveryId } from '../../bridge/core/ids.ts';
import type { MailState } from '../../bridge/core/message.ts';
import { auditMail, type Letter, type MailLedger } from './mail-ledger.ts';

const line: Letter = { mark: 'm00001x', to: ['coder'], body: 'The line m00001x is short.', isAccepted: true };
const letter: Letter = { mark: 'm00002x', to: ['coder'], body: 'The letter m00002x has\ntwo lines.', isAccepted: true };
const receipt = { at: 2, typedAt: 1, evidence: 'composer-emptied-and-echoed' as const, lines: [] };
const text = '[human -> coder #aaaa] The line m00001x is short.';
const bell = '[bridge -> coder] 1 message from human in thread coder+human; read with: bridge inbox';
const submitted: MailState = { is: 'submitted', as: 'text', receipt, at: 2 };
const read: MailState = { is: 'read', at: 3 };

function line1(body: string, is = 'acknowledged'): Delivery {
  return { envelope: { to: 'coder', body, thread: 'mail:x' }, state: { is, receipt } } as unknown as Delivery;
}

function ledger(over: Partial<MailLedger> & { first?: MailState; second?: MailState } = {}): MailLedger {
  const { first = submitted, second = read, ...more } = over;
  const kept = (id: string, { body, to }: Letter, state: MailState) => ({
    ...{ id, thread: 'coder+human', body },
    mails: to.map((member) => ({ member, state })),
  });
  return {
    letters: [line, letter],
    messages: [kept('1', line, first), kept('2', letter, second)],
    deliveries: [line1(text), line1(bell)],
    facts: new Map([
      [
        'coder',
        [
          { t: 1, input: text },
          { t: 2, input: bell },
        ],
      ],
    ]),
    threads: new Map([['coder+human', ['1', '2']]]),
    before: new Map([['coder+human', ['1']]]),
    files: new Map([['coder+human', ['1', '2']]]),
    unread: new Map([['coder', []]]),
    readings: new Map([['coder', ['human → coder  #bbbb\n  The letter m00002x has\n  two lines.\n']]]),
    ...more,
  };
}

const inputs = (...texts: string[]) => new Map([['coder', texts.map((input, t) => ({ t, input }))]]);

test('a line that came once, and a letter that was rung for and read', () => {
  const { figures, failures } = auditMail(ledger());
  expect(failures).toEqual([]);
  expect(figures).toMatchObject({ letters: 2, submitted: 1, read: 1, texts: 1, doorbells: 1 });
});

test.each<[string, Parameters<typeof ledger>[0], RegExp]>([
  ['a line typed twice', { facts: inputs(text, text, bell) }, /duplicates: m00001x was submitted 2 times/],
  ['a bell rung twice', { facts: inputs(text, bell, bell) }, /duplicates: .*2 inputs, 1 receipts/],
  ['a line that counts as submitted and never came', { facts: inputs(bell) }, /losses: m00001x/],
  ['other words', { facts: inputs(text, `${text} And more.`, bell) }, /input of nobody/],
  ['two lines that became one input', { facts: inputs(`${text}${text}`, bell) }, /input of nobody/],
  ['a letter that counts as read and was shown to nobody', { readings: new Map() }, /losses: m00002x/],
  ['one that has not come to an end', { first: { is: 'waiting' } }, /losses: m00001x .*has not come to an end/],
  ['one withdrawn that came', { first: { is: 'withdrawn', at: 1 } }, /untrue: m00001x/],
  ['one held that came', { first: { is: 'held', why: 'a loop', since: 1 } }, /untrue: m00001x/],
  [
    'one that was accepted and is nowhere',
    { letters: [line, letter, { ...line, mark: 'm00003x', body: 'm00003x' }] },
    /losses: m00003x was accepted/,
  ],
  ['one kept twice', { messages: [...ledger().messages, ledger().messages[0]!] }, /duplicates: m00001x was kept 2/],
  ['a thread in another order', { threads: new Map([['coder+human', ['2', '1']]]) }, /lost or moved/],
  ['a thread that lacks one', { threads: new Map([['coder+human', ['1']]]) }, /untrue: thread/],
  ['a file that has one twice', { files: new Map([['coder+human', ['1', '2', '2']]]) }, /untrue: the file of thread/],
  ['one expired that came', { first: { is: 'expired', at: 1 } }, /untrue: m00001x/],
  ['an inbox that shows what was read', { unread: new Map([['coder', ['2']]]) }, /untrue: the inbox of coder/],
  [
    'an inbox that hides what is unread',
    { second: { is: 'offered', deliveryId: 'd' as DeliveryId, as: 'doorbell' } },
    /untrue: the inbox of coder/,
  ],
])('%s is a failure', (_, over, failure) => {
  expect(auditMail(ledger(over)).failures.join('\n')).toMatch(failure);
});
