import { emitKeypressEvents } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { BridgeError, ExitCode, messageOf, usageError } from '../core/failure.ts';
import { act, type Context, withOptions } from './context.ts';
import { drawOn } from './output.ts';
import { Living } from './top/data.ts';
import { drawn } from './top/draw.ts';
import { Screen } from './top/screen.ts';
import { type Act, beginning, type Key, learned, pressed, selected, type TopState } from './top/state.ts';

const about = `
Keys: 1 2 3 or Tab for requests, members and mail; the arrows and Enter to look at one, Esc to go back; a answers a request, c chooses in its dialog,
d ends it; r replies to a message; p pauses a worker or lets it go on, P all of them; q ends the view, and nothing else.

It needs 40 columns and 8 rows, and works over ssh. What you type stays as it is, whatever happens meanwhile; what you paste is text, and no key.
Ctrl-L draws all of it anew.
`;

/** What changes is shown at once, but not more often than this; what only grows older every second. */
const leastGapMs = 100;
const everyMs = 1_000;

/** `bridge top`: members, requests, mail and a screen, on a terminal. */
export function registerTop(command: Command): void {
  withOptions(command, 'place').addHelpText('after', about).action(act(runTop));
}

async function runTop(context: Context): Promise<ExitCode> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw usageError(
      'top',
      'stdin and stdout',
      'are no terminal',
      '`bridge requests` and `bridge members` print the same',
    );
  const living = new Living(context);
  const known = await living.known();
  if (known === null)
    throw new BridgeError({
      what: 'top',
      target: context.config.home,
      reason: 'no bridge runs for it',
      nextStep: '`bridge` starts one',
    });
  const { write, isPainted } = drawOn();
  const screen = new Screen(write, isPainted);
  // by a fault of ours the terminal is left as it was, too
  const close = () => screen.close();
  process.once('exit', close);
  try {
    await view(living, screen, { ...beginning, known });
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    close();
    process.off('exit', close);
  }
  return ExitCode.done;
}

/** Draws until somebody ends it. */
async function view(living: Living, screen: Screen, begun: TopState): Promise<void> {
  let state = begun;
  const ended = new AbortController();
  const draw = () => {
    const { columns = 80, rows = 24 } = process.stdout;
    screen.draw(drawn(state, { columns, rows }, Date.now()), columns);
  };
  const change = (next: Partial<TopState>) => {
    state = { ...state, ...next };
    if (!ended.signal.aborted) draw();
  };
  const refresh = once(leastGapMs, async () => {
    const known = await living.known().catch(() => null);
    change(known === null ? { lostAt: state.lostAt ?? Date.now() } : learned(state, known));
    const { member } = selected(state);
    if (member === null || !state.isOpen) return;
    const lines = await living.screen(member);
    if (lines !== null) change({ screen: { member: member.fullName, lines } });
  });
  const carryOut = async (wanted: Act) => {
    if (wanted.does === 'quit') return ended.abort();
    change({ note: 'on its way …' });
    const note = await living.carryOut(wanted).catch((fault) => messageOf(fault));
    change({ note });
    refresh();
  };
  emitKeypressEvents(process.stdin);
  process.stdin.setRawMode(true);
  process.stdin.resume();
  const press = (key: Key) => {
    if (key.isControl && key.name === 'l') screen.forget();
    const next = pressed(state, key);
    const wasOpen = state.isOpen;
    change(next.state);
    if (next.act !== null) void carryOut(next.act);
    else if (state.isOpen && !wasOpen) refresh();
  };
  const onKey = keysTo(press);
  const end = () => ended.abort();
  const timer = setInterval(refresh, everyMs);
  process.stdin.on('keypress', onKey);
  process.stdin.once('end', end);
  process.stdout.on('resize', draw);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  void following(living, refresh, ended.signal);
  draw();
  refresh();
  await new Promise((resolve) => ended.signal.addEventListener('abort', resolve));
  clearInterval(timer);
  process.stdin.off('keypress', onKey);
  process.stdout.off('resize', draw);
}

/** Hears of every change, also of the bridge's end, and again once one is back. */
async function following(living: Living, hear: () => void, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await living.follow(hear, stop).catch(() => {});
    hear();
    await delay(everyMs, undefined, { signal: stop }).catch(() => {});
  }
}

/** Takes what readline tells of; what is pasted is one key, and none of its lines' ends sends anything. */
function keysTo(press: (key: Key) => void) {
  let pasted: string | null = null;
  return (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    if (key.name === 'paste-start') pasted = '';
    else if (key.name === 'paste-end') {
      press({ name: 'paste', text: (pasted ?? '').trim(), isControl: false });
      pasted = null;
    } else if (pasted === null) press(keyOf(text ?? '', key));
    else if (key.name === 'return' || key.name === 'enter') pasted += '\n';
    else pasted += key.name === 'tab' ? '\t' : keyOf(text ?? '', key).text;
  };
}

function keyOf(text: string, { name = '', ctrl = false }: { name?: string; ctrl?: boolean }): Key {
  const isText = text !== '' && !/[\u0000-\u001f\u007f]/.test(text);
  return { name: name === 'enter' ? 'return' : name || text, text: isText ? text : '', isControl: ctrl };
}

/** Does it soon, once for however many ask meanwhile, and never twice at once. */
function once(gapMs: number, work: () => Promise<void>): () => void {
  let isWanted = false;
  let isAtIt = false;
  const begin = () => {
    isWanted = false;
    isAtIt = true;
    void work().finally(() => {
      setTimeout(() => {
        isAtIt = false;
        if (isWanted) begin();
      }, gapMs);
    });
  };
  return () => {
    isWanted = true;
    if (!isAtIt) begin();
  };
}
