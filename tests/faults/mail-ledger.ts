import type { Delivery } from '../../bridge/core/envelope.ts';
import { shortId } from '../../bridge/core/mail-lines.ts';
import { isUnread, type MailState } from '../../bridge/core/message.ts';
import type { Fact } from '../fixtures/scripted-agent.ts';

/** What somebody meant to write, once. Its mark is in its words. */
export interface Letter {
  readonly mark: string;
  /** labels of members */
  readonly to: readonly string[];
  readonly body: string;
  /** its sender was told that it is kept: what the command printed, or its exit code */
  isAccepted: boolean;
}

export const letterMark = /m\d{5}x/;

/** One message for one recipient, as the journal has it. */
export interface KeptMail {
  readonly member: string;
  readonly state: MailState;
}

export interface KeptMessage {
  readonly id: string;
  readonly thread: string;
  readonly body: string;
  readonly mails: readonly KeptMail[];
}

/** All that is known of the mail of one home from outside, once nothing moves any more. Members are named by their labels. */
export interface MailLedger {
  readonly letters: readonly Letter[];
  /** in the order of the journal */
  readonly messages: readonly KeptMessage[];
  /** those that carry a line about mail */
  readonly deliveries: readonly Delivery[];
  /** what each member's programs received, one life after the other */
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
  /** ids of each thread, in order, as `bridge thread` shows them; and as it showed them at an earlier look */
  readonly threads: ReadonlyMap<string, readonly string[]>;
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** the ends of the ids that the file of each thread has, in order */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** ids of what `bridge inbox` shows to one who looks into a member's mail */
  readonly unread: ReadonlyMap<string, readonly string[]>;
  /** what each member's commands printed as they read its mail, killed ones too */
  readonly readings: ReadonlyMap<string, readonly string[]>;
}

export const noMailFigures = {
  letters: 0,
  /** letters that nobody kept: their sender was killed before, or was told so */
  neverSent: 0,
  messages: 0,
  mails: 0,
  /** by how they ended */
  submitted: 0,
  read: 0,
  held: 0,
  withdrawn: 0,
  expired: 0,
  uncertain: 0,
  /** of the uncertain, those that the program's journal shows, or that were read afterwards */
  uncertainButThere: 0,
  /** inputs that the programs' journals have: texts, and doorbells */
  texts: 0,
  doorbells: 0,
  /** messages kept, typed or rung for beyond the first of their kind */
  duplicates: 0,
  losses: 0,
  /** what is told of a message, and is not so */
  untrue: 0,
  threads: 0,
};

export type MailFigures = typeof noMailFigures;

type Fail = (what: 'duplicates' | 'losses' | 'untrue', text: string) => void;

/** Holds what the bridge says against what the programs journaled. Pure. */
export function auditMail(ledger: MailLedger): { readonly figures: MailFigures; readonly failures: readonly string[] } {
  const figures: MailFigures = { ...noMailFigures };
  const failures: string[] = [];
  const fail: Fail = (what, text) => {
    figures[what] += 1;
    failures.push(`${what}: ${text}`);
  };
  const received = receivedBy(ledger, figures, fail);
  judgeLines(ledger, fail);
  const known = new Map(ledger.letters.map((letter) => [letter.mark, letter]));
  for (const letter of ledger.letters) {
    const kept = ledger.messages.filter(({ body }) => body.includes(letter.mark));
    figures.letters += 1;
    if (kept.length === 0) figures.neverSent += 1;
    if (kept.length === 0 && letter.isAccepted) fail('losses', `${letter.mark} was accepted, and is nowhere`);
    if (kept.length > 1) fail('duplicates', `${letter.mark} was kept ${kept.length} times`);
  }
  for (const message of ledger.messages) {
    const letter = known.get(letterMark.exec(message.body)?.[0] ?? '');
    figures.messages += 1;
    if (letter === undefined || message.body !== letter.body) {
      fail('untrue', `${message.id} has words that nobody wrote: ${message.body.slice(0, 80)}`);
      continue;
    }
    const to = message.mails.map(({ member }) => member).sort();
    if (to.join() !== [...letter.to].sort().join()) fail('losses', `${letter.mark} went to ${to}, not to ${letter.to}`);
    for (const mail of message.mails) judgeMail(mail, letter, received, figures, fail);
  }
  judgeThreads(ledger, figures, fail);
  judgeUnread(ledger, fail);
  return { figures, failures };
}

interface Received {
  /** how often a member's program had it as an input */
  readonly inputs: number;
  /** how often `bridge inbox` showed it there */
  readonly shown: number;
}

/** What came to each member, by member and mark. */
function receivedBy(ledger: MailLedger, figures: MailFigures, fail: Fail): (member: string, mark: string) => Received {
  const found = new Map<string, { inputs: number; shown: number }>();
  const at = (member: string, mark: string) => {
    const key = `${member} ${mark}`;
    const known = found.get(key) ?? { inputs: 0, shown: 0 };
    found.set(key, known);
    return known;
  };
  const letters = new Map(ledger.letters.map((letter) => [letter.mark, letter]));
  for (const [member, texts] of ledger.readings) {
    for (const mark of texts.flatMap(marksIn)) at(member, mark).shown += 1;
  }
  for (const [member, facts] of ledger.facts) {
    for (const { input } of facts) {
      if (input === undefined) continue;
      if (isDoorbell(input, member)) {
        figures.doorbells += 1;
        continue;
      }
      const [mark, ...more] = marksIn(input);
      const letter = letters.get(mark ?? '');
      const body = /^\[\S+ -> (\S+) #\w{4}\] (.*?)(?: \([^()]*\))?$/.exec(input);
      if (letter === undefined || more.length > 0 || body?.[1] !== member || body[2] !== letter.body)
        fail('duplicates', `${member} got an input of nobody: ${input.slice(0, 120)}`);
      else {
        figures.texts += 1;
        at(member, letter.mark).inputs += 1;
      }
    }
  }
  for (const [key, { inputs }] of found) {
    const [member = '', mark = ''] = key.split(' ');
    if (inputs > 1) fail('duplicates', `${mark} was submitted ${inputs} times to ${member}`);
    if (inputs > 0 && letters.get(mark)?.to.includes(member) !== true)
      fail('duplicates', `${mark} was submitted to ${member}, to whom nobody wrote it`);
  }
  return at;
}

export function isDoorbell(input: string, member: string): boolean {
  return input.startsWith(`[bridge -> ${member}] `) && !input.includes('\n');
}

function marksIn(text: string): string[] {
  return [...new Set(text.match(new RegExp(letterMark, 'g')))];
}

/** Each line that counts as submitted is one input, the same line in doubt one or none: of doorbells too. */
function judgeLines({ deliveries, facts }: MailLedger, fail: Fail): void {
  const said = new Map<string, { sure: number; doubtful: number }>();
  for (const { envelope, state } of deliveries) {
    const key = `${labelOf(envelope.to)} ${envelope.body}`;
    const line = said.get(key) ?? { sure: 0, doubtful: 0 };
    said.set(key, line);
    if (state.is === 'acknowledged') line.sure += 1;
    if (state.is === 'uncertain' || state.is === 'typed-not-submitted') line.doubtful += 1;
  }
  const came = new Map<string, number>();
  for (const [member, all] of facts) {
    for (const { input } of all) {
      if (input !== undefined) came.set(`${member} ${input}`, (came.get(`${member} ${input}`) ?? 0) + 1);
    }
  }
  for (const key of new Set([...said.keys(), ...came.keys()])) {
    const { sure, doubtful } = said.get(key) ?? { sure: 0, doubtful: 0 };
    const times = came.get(key) ?? 0;
    const what = `${key.slice(0, 120)}: ${times} inputs, ${sure} receipts, ${doubtful} in doubt`;
    if (times > sure + doubtful) fail('duplicates', what);
    if (times < sure) fail('untrue', what);
  }
}

function judgeMail(
  { member, state }: KeptMail,
  { mark }: Letter,
  received: (member: string, mark: string) => Received,
  figures: MailFigures,
  fail: Fail,
): void {
  const { inputs, shown } = received(member, mark);
  const what = `${mark} for ${member} is ${state.is}`;
  const isThere = inputs > 0 || shown > 0;
  figures.mails += 1;
  switch (state.is) {
    case 'submitted':
      figures.submitted += 1;
      if (state.as === 'text' && inputs !== 1) fail('losses', `${what}, and ${inputs} inputs have it`);
      return;
    case 'read':
      figures.read += 1;
      if (!isThere) fail('losses', `${what}, and nobody was shown it`);
      return;
    case 'uncertain':
      figures.uncertain += 1;
      if (isThere) figures.uncertainButThere += 1;
      if (state.reason === '') fail('losses', `${what}, and nothing says why`);
      return;
    case 'held':
      figures.held += 1;
      if (state.why === '') fail('losses', `${what}, and nothing says why`);
      if (inputs > 0) fail('untrue', `${what}, and its text was typed`);
      return;
    case 'withdrawn':
    case 'expired':
      figures[state.is] += 1;
      if (isThere) fail('untrue', `${what}, and it has come`);
      return;
    default:
      fail('losses', `${what}, and has not come to an end`);
  }
}

/** A thread has each of its messages once, in the order in which they were kept, and never loses what it had; so has its file. */
function judgeThreads({ messages, threads, before, files }: MailLedger, figures: MailFigures, fail: Fail): void {
  const names = new Set([...messages.map(({ thread }) => thread), ...threads.keys(), ...before.keys()]);
  for (const name of names) {
    figures.threads += 1;
    const kept = messages.filter(({ thread }) => thread === name).map(({ id }) => id);
    const shown = threads.get(name) ?? [];
    if (shown.join() !== kept.join()) fail('untrue', `thread ${name} shows ${shown.length}, and has ${kept.length}`);
    const filed = files.get(name) ?? [];
    if (filed.join() !== kept.map(shortId).join())
      fail('untrue', `the file of thread ${name} has ${filed.length}, and the thread ${kept.length}`);
    const earlier = before.get(name) ?? [];
    if (earlier.some((id, at) => shown[at] !== id)) fail('losses', `thread ${name} has lost or moved what it had`);
  }
}

/** What a member has not read is what its inbox shows. */
function judgeUnread({ messages, unread }: MailLedger, fail: Fail): void {
  for (const [member, ids] of unread) {
    const due = messages.filter(({ mails }) => mails.some((one) => one.member === member && isUnread(one.state)));
    const wanted = due.map(({ id }) => id);
    if ([...ids].sort().join() !== wanted.sort().join())
      fail('untrue', `the inbox of ${member} shows ${ids.length}, and ${wanted.length} are unread`);
  }
}

export function labelOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

export function addMailFigures(sum: MailFigures, more: MailFigures): MailFigures {
  const keys = Object.keys(sum) as Array<keyof MailFigures>;
  return Object.fromEntries(keys.map((key) => [key, sum[key] + more[key]])) as MailFigures;
}
