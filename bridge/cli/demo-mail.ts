import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { receiptInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { ExitCode } from '../core/failure.ts';
import { firstLine } from '../core/first-line.ts';
import { senderIn, shortId } from '../core/mail-lines.ts';
import type { Message, Sender } from '../core/message.ts';
import { DemoServer } from './demo-server.ts';
import { paint, print } from './output.ts';

const yaml = 'mode: manual\nworker: [lead, coder, critic]\nheuristic: false\n';
const person: Sender = { name: 'human', standing: 'human' };
const limitMs = 15_000;

const plan = 'The plan for the release:\n1. the port stays 8080\n2. the retry doubles its pause\nIs anything missing?';
const bridge = (...words: string[]) => ({ run: ['bridge', ...words] });

/** What each agent does when a line lands in its pane: what a model would decide is a table here, all else is real. */
const scripts: Readonly<Record<string, ReadonlyArray<{ readonly when: string; readonly do: readonly object[] }>>> = {
  lead: [
    { when: 'prepare the release', do: [bridge('tell', 'coder', 'Which port does the service use?')] },
    { when: '8080', do: [bridge('post', 'release/plan', plan, '--to', 'coder', 'critic')] },
    { when: 'ping', do: [bridge('tell', 'coder', 'ping', '--wait', '0')] },
  ],
  coder: [
    { when: 'Which port', do: [bridge('tell', 'lead', 'It listens on 8080.')] },
    { when: 'bridge inbox', do: [bridge('inbox')] },
    { when: 'ping', do: [bridge('tell', 'lead', 'ping', '--wait', '0')] },
  ],
  critic: [{ when: 'bridge inbox', do: [bridge('inbox')] }],
};

/** Three agents: one asks another, a thread rings, one is down and gets its mail when it is back, a loop is stopped. */
export async function playMail(stop: AbortSignal): Promise<ExitCode> {
  const server = new DemoServer(stop, yaml);
  const tell = (text: string) => server.tell(text);
  const agent = (label: string) => {
    const file = join(server.folder, `${label}.json`);
    writeFileSync(file, JSON.stringify({ inputs: scripts[label] }));
    return server.addAgent({ label, args: ['--script', file] });
  };
  try {
    tell(
      'three agents start on a private tmux server, with `bridge` on their PATH; they draw like Codex, and are scripts',
    );
    const [, coder, critic] = [await agent('lead'), await agent('coder'), await agent('critic')];
    const happened: string[] = [];
    const has = (what: string) => () => happened.includes(what);
    let isQuiet = false;
    const daemon = await server.startBridge((event) => {
      const said = wordsOf(event);
      if (said !== null) happened.push(said.what);
      if (said !== null && !(isQuiet && said.isSmall)) tell(said.text);
    });
    const { messages } = daemon.bridge;
    const write = (to: string, body: string) =>
      messages.send({ from: person, to: [to], body, thread: null, noReply: false });
    for (const label of Object.keys(scripts)) await server.until(`${label} is watched`, has(`found ${label}`), limitMs);

    tell(paint('bold', 'one asks another'));
    write('lead', 'Please prepare the release with the coder.');
    await server.until('the answer', has('coder told lead'), limitMs);

    tell(paint('bold', 'a thread rings; the critic is down'));
    await server.tmux.run('kill-pane', '-t', critic);
    await server.until('the critic is gone', has('lost critic'), limitMs);
    await server.until('the plan is read', has('coder read lead'), limitMs);

    tell(paint('bold', 'the critic is back, and its mail comes'));
    await agent('critic');
    await server.until('the critic has read it', has('critic read lead'), limitMs);

    tell(paint('bold', 'two that always answer are stopped'));
    isQuiet = true;
    write('coder', 'Please ping the lead.');
    await server.until('the loop is held', has('loop'), limitMs);

    tell('what the coder’s pane shows now:');
    print(
      (await server.rowsOf(coder))
        .slice(-12)
        .map((row) => paint('dim', `         │ ${row}`))
        .join('\n'),
    );
    tell(paint('green', 'each message came once, with a receipt; the loop was held after ten'));
    return ExitCode.done;
  } finally {
    await server.end();
  }
}

interface Said {
  /** what the demo waits for */
  readonly what: string;
  readonly text: string;
  /** left out where there are many */
  readonly isSmall: boolean;
}

function wordsOf(event: PublicEvent): Said | null {
  switch (event.type) {
    case 'worker-found':
      return { what: `found ${event.worker}`, text: `bridge watches ${event.worker} ${event.paneId}`, isSmall: true };
    case 'worker-lost':
      return { what: `lost ${event.worker}`, text: `${event.worker} is down: ${event.reason}`, isSmall: false };
    case 'message-sent':
      return {
        what: '',
        text: `${paint('cyan', 'message')}  ${headOf(event.message, event.message.to.join(', '))}: ${firstLine(event.message.body, 56)}`,
        isSmall: false,
      };
    case 'mail-changed':
      return mailWords(event);
    case 'said':
      return event.text.includes('may be a loop')
        ? { what: 'loop', text: paint('yellow', `held     ${event.text}`), isSmall: false }
        : null;
    default:
      return null;
  }
}

function mailWords({ message, mail }: Extract<PublicEvent, { type: 'mail-changed' }>): Said | null {
  const { state, member } = mail;
  const after = (at: number) => `${at - message.sentAt} ms after it was sent`;
  if (state.is === 'submitted') {
    const how = state.as === 'text' ? 'its text' : 'a doorbell';
    const text = `${paint('green', 'receipt')}  ${headOf(message, member)}: ${how}, ${after(state.at)} (${receiptInWords(state.receipt)})`;
    return { what: `${message.from.name} told ${member}`, text, isSmall: true };
  }
  if (state.is === 'read') {
    return {
      what: `${member} read ${message.from.name}`,
      text: `read     ${headOf(message, member)}: ${after(state.at)}`,
      isSmall: true,
    };
  }
  return null;
}

function headOf(message: Message, to: string): string {
  return `${senderIn(message)} → ${to} #${shortId(message.id)}`;
}
