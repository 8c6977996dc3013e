import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizeWindow, waitFor } from '../fixtures/private-tmux.ts';
import { program } from './bridge-process.ts';
import { home, tmux } from './mail-fixture.ts';

/** `bridge top` in a pane of its own. */
export interface TopView {
  readonly paneId: string;
  screen(): Promise<string>;
  press(...keys: string[]): Promise<void>;
  sees(what: string | RegExp): Promise<string>;
  /** every byte that it has written */
  raw(): string;
}

interface Given {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** arguments of Node itself */
  readonly node?: readonly string[];
  /** what the shell runs in place of it; `$TOP` is the command line */
  readonly line?: string;
}

/** Starts it from a shell, which is there again when it has ended and prints `left N`, N its exit code. */
export async function top({
  columns = 80,
  rows = 24,
  env = {},
  node = [],
  line = '$TOP',
}: Given = {}): Promise<TopView> {
  const words = [process.execPath, ...node, program, 'top', '--home', home];
  const settings = Object.entries({ ...env, TOP: words.join(' '), PS1: '% ' }).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ]);
  const shell = ['bash', '--norc', '--noprofile', '-i'];
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux.run('new-session', '-d', '-s', 'top', ...size, ...settings, ...shell);
  const paneId = (await tmux.run('display-message', '-p', '-t', '=top:', '#{pane_id}')).trim();
  await sizeWindow(tmux, paneId, columns, rows);
  const written = join(tmux.folder, 'top.raw');
  await tmux.run('pipe-pane', '-t', paneId, `cat >> ${written}`);
  const screen = async () => await tmux.run('capture-pane', '-p', '-t', paneId);
  const press = async (...keys: string[]) => void (await tmux.run('send-keys', '-t', paneId, ...keys));
  await press(`${line}; echo left $?`, 'Enter');
  const sees = (what: string | RegExp) =>
    waitFor(
      `the view shows ${what}`,
      async () => {
        const shown = await screen();
        return (typeof what === 'string' ? shown.includes(what) : what.test(shown)) ? shown : null;
      },
      { describe: screen, limitMs: 20_000 },
    );
  await sees('q quit');
  return { paneId, screen, press, sees, raw: () => (existsSync(written) ? readFileSync(written, 'utf8') : '') };
}

/** What a terminal obeys that is none of the few sequences with which the view draws. */
export function foreignEscapes(raw: string, isPainted = true): string[] {
  const own = [
    '\\?(?:1049|25|7|2004|2026)[hl]',
    '\\d+;1H',
    'K',
    '2J',
    ...(isPainted ? ['(?:0|1|2|7|31|32|33|36)m'] : []),
  ];
  const rest = raw.replace(new RegExp(`\\x1b\\[(?:${own.join('|')})`, 'g'), '');
  return [...rest.matchAll(/.{0,20}[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069].{0,20}/g)].map(([found]) =>
    JSON.stringify(found),
  );
}

/** Of the bytes that were written: those between the first change to the other screen and the way back. */
export function whileShown(raw: string): string {
  const begins = raw.indexOf('\x1b[?1049h');
  const ends = raw.lastIndexOf('\x1b[?1049l');
  return raw.slice(begins, ends < 0 ? undefined : ends + 8);
}
