import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { messageOf } from '../core/failure.ts';
import { inMarkup } from '../core/markup.ts';
import { visible } from '../core/visible.ts';

export interface Notice {
  readonly title: string;
  readonly text: string;
  /** where it can be decided; stands below the text, whole */
  readonly link?: string;
}

export interface NotifyWays {
  readonly bell: boolean;
  readonly desktop: boolean;
  /** argv from bridge.yaml, run instead of the desktop notification: BRIDGE_TITLE, BRIDGE_TEXT and BRIDGE_LINK, and the text on stdin */
  readonly command: readonly string[] | null;
}

/** What a notice needs of its environment; every field has a real default. */
export interface NotifyEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** terminals that ring: those of the tmux clients that show the session, or this process's own */
  readonly terminals: () => Promise<readonly string[]>;
  readonly limitMs: number;
}

export interface NotifyReport {
  readonly done: readonly string[];
  readonly failed: ReadonlyArray<{ readonly way: string; readonly reason: string }>;
}

const maxTitle = 120;
const maxText = 600;

/** Calls a human, in every way that is wanted and there is. Bounded, and never throws: the report says what happened. */
export async function notifyHuman(
  notice: Notice,
  ways: NotifyWays,
  given: Partial<NotifyEnvironment> = {},
): Promise<NotifyReport> {
  const environment: NotifyEnvironment = {
    env: process.env,
    platform: process.platform,
    terminals: async () => ['/dev/tty'],
    limitMs: 5000,
    ...given,
  };
  const below = notice.link === undefined ? '' : `\n${notice.link}`;
  const plain = {
    title: onOneLine(notice.title, maxTitle) || 'bridge',
    // the text comes from an agent: no escape sequence of its reaches a terminal or a desktop
    text: visible(notice.text).slice(0, maxText - below.length) + below,
    ...(notice.link !== undefined && { link: notice.link }),
  };
  const done: string[] = [];
  const failed: Array<{ way: string; reason: string }> = [];
  const attempt = async (way: string, act: () => Promise<string>) => {
    try {
      done.push(await act());
    } catch (fault) {
      failed.push({ way, reason: messageOf(fault) });
    }
  };
  const acts: Array<Promise<void>> = [];
  if (ways.bell) acts.push(attempt('bell', () => ring(environment)));
  if (ways.command !== null) acts.push(attempt('command', () => runCommand(ways.command!, plain, environment)));
  else if (ways.desktop) acts.push(attempt('desktop', () => showOnDesktop(plain, environment)));
  await Promise.all(acts);
  return { done, failed };
}

/** The name of the desktop tool that would be used, or null. */
export async function desktopTool(environment: Pick<NotifyEnvironment, 'env' | 'platform'>): Promise<string | null> {
  const tools = environment.platform === 'darwin' ? ['osascript'] : ['notify-send', 'powershell.exe'];
  for (const tool of tools) if (await isOnPath(tool, environment.env.PATH)) return tool;
  return null;
}

/** BEL to each terminal that can be opened; a terminal that would block is left out. */
async function ring(environment: NotifyEnvironment): Promise<string> {
  const terminals = await environment.terminals();
  const reasons: string[] = [];
  let rung = 0;
  for (const terminal of terminals) {
    try {
      const handle = await open(terminal, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
      try {
        await handle.write('\u0007');
        rung++;
      } finally {
        await handle.close();
      }
    } catch (fault) {
      reasons.push(messageOf(fault));
    }
  }
  if (rung === 0) throw new Error(reasons[0] ?? 'no terminal shows the session');
  return `bell: ${rung} terminal${rung === 1 ? '' : 's'}`;
}

async function runCommand(argv: readonly string[], notice: Notice, environment: NotifyEnvironment): Promise<string> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('the command is empty');
  await run(program, args, notice, environment);
  return `command: ${program}`;
}

async function showOnDesktop(notice: Notice, environment: NotifyEnvironment): Promise<string> {
  const tool = await desktopTool(environment);
  if (tool === null)
    throw new Error('no desktop notification tool is on PATH (notify-send, osascript, powershell.exe)');
  await run(tool, desktopArguments(tool, notice), notice, environment);
  return `desktop: ${tool}`;
}

/** Title and text travel as arguments or in the environment, never inside a program text. */
export function desktopArguments(tool: string, notice: Notice): string[] {
  // notification servers read a little HTML in the body
  if (tool === 'notify-send') return ['--app-name=bridge', '--', notice.title, inMarkup(notice.text)];
  if (tool === 'osascript') {
    const script = ['on run argv', 'display notification (item 2 of argv) with title (item 1 of argv)', 'end run'];
    return [...script.flatMap((line) => ['-e', line]), `bridge: ${notice.title}`, notice.text];
  }
  return ['-NoProfile', '-NonInteractive', '-Command', powershellScript];
}

const powershellScript = [
  '[console]::beep(880,120)',
  'Add-Type -AssemblyName System.Windows.Forms,System.Drawing',
  '$n = New-Object System.Windows.Forms.NotifyIcon',
  '$n.Icon = [System.Drawing.SystemIcons]::Information',
  '$n.Visible = $true',
  '$n.ShowBalloonTip(3000, $env:BRIDGE_TITLE, $env:BRIDGE_TEXT, "Info")',
  'Start-Sleep -Seconds 3',
  '$n.Dispose()',
].join('; ');

/** The program in a group of its own, so that at the limit nothing of it stays. Its output is nobody's. */
function run(program: string, args: readonly string[], notice: Notice, environment: NotifyEnvironment): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = {
      ...environment.env,
      BRIDGE_TITLE: notice.title,
      BRIDGE_TEXT: notice.text,
      ...(notice.link !== undefined && { BRIDGE_LINK: notice.link }),
      // WSL hands only the names listed here on to Windows programs
      WSLENV: [environment.env.WSLENV, 'BRIDGE_TITLE', 'BRIDGE_TEXT', 'BRIDGE_LINK'].filter(Boolean).join(':'),
    };
    const child = spawn(program, [...args], { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const limit = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      reject(new Error(`${program} did not end within ${environment.limitMs} ms`));
    }, environment.limitMs);
    child.once('error', (fault) => {
      clearTimeout(limit);
      reject(fault);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${code ?? signal}`));
    });
    // a program that does not read its input closes the pipe: that is its right
    child.stdin.on('error', () => {});
    child.stdin.end(notice.text);
  });
}

async function isOnPath(program: string, path: string | undefined): Promise<boolean> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

function onOneLine(text: string, limit: number): string {
  return visible(text).replace(/\s+/g, ' ').trim().replace(/^-+/, '').slice(0, limit);
}
