import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { helpOf } from '../../scripts/tasks.mjs';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { askedCommands, askedFiles, asking, rowsOfTouches, writing } from './asked-commands.ts';
import type { FirstDialog } from './first-dialogs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import type { Act, OwnScene } from './own-scene.ts';
import { type AgentName, agentNames, programs } from './programs/index.ts';
import { launchAgent, type RealAgent } from './real-agents.ts';
import { type Exchange, exchanges, playing } from './scenes.ts';
import type { TestProgram } from './test-program.ts';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const project = 'shop';

interface Entry {
  readonly file: string;
  readonly ansi: string;
}

interface Look {
  readonly frames?: number;
  /** asked after the frames were taken: false drops them */
  readonly stillTrue?: () => boolean | Promise<boolean>;
}

/** One agent program at one size, and what records its screens. */
class RecordingHarness {
  readonly tmux: PrivateTmux = privateTmux();
  /** those the model quotes from the recorded screens */
  readonly quotes: Exchange[] = [];
  readonly exchanges: Exchange[] = [];
  readonly program: AgentName;
  readonly out: string;
  readonly #size: readonly [number, number];
  readonly #escapes: string | undefined;
  readonly #within: RegExp;
  /** one program is asked for one after the other, and denied each: what takes long to start is not started anew */
  readonly isOne: boolean;
  #scene = '';
  #rawAt = 0;
  #server: ModelServer | null = null;
  #agent: RealAgent | null = null;
  #starts = 0;

  /** @param within of `commands` and `files` only those whose name this fits */
  constructor(
    program: AgentName,
    size: readonly [number, number],
    out: string,
    {
      escapes,
      within = '',
      one = false,
    }: { readonly escapes?: string | undefined; readonly within?: string | undefined; readonly one?: boolean },
  ) {
    this.program = program;
    this.out = out;
    this.#size = size;
    this.#escapes = escapes;
    this.#within = new RegExp(within);
    this.isOne = one;
  }

  /** of dialogs that a scene asks for one after the other */
  readonly isWanted = ([what]: readonly [what: string, ...rest: unknown[]]): boolean => this.#within.test(what);

  get agent(): RealAgent {
    if (this.#agent === null) throw new Error('no agent is running');
    return this.#agent;
  }

  get keys(): TestProgram['keys'] {
    return programs[this.program].keys;
  }

  /** Starts the program; the one before it is ended. */
  async launch(first: FirstDialog['options'] & OwnScene['start'] = {}): Promise<RealAgent> {
    await this.end();
    this.#server ??= await modelServer(playing(() => [...this.exchanges, ...this.quotes]));
    const tmux = { ...this.tmux, folder: join(this.tmux.folder, `${++this.#starts}`) };
    const [width, height] = this.#size;
    this.#agent = await launchAgent(this.program, {
      tmux,
      server: this.#server,
      name: project,
      width,
      height,
      ...first,
    });
    this.#rawAt = 0;
    rmSync(this.#raw, { force: true });
    await this.tmux.run('pipe-pane', '-O', '-t', this.agent.paneId, `cat >> ${this.#raw}`);
    return this.agent;
  }

  async ready(): Promise<void> {
    if (this.#agent !== null) return;
    await this.launch();
    await this.agent.waitUntilIdle(180_000);
    await this.settled();
  }

  async end(): Promise<void> {
    if (this.#agent === null) return;
    const pid = (await this.tmux.run('display-message', '-p', '-t', this.agent.paneId, '#{pane_pid}')).trim();
    await this.tmux.run('kill-session', '-t', `=${project}`).catch(() => '');
    await waitFor('the program is gone', () => !existsSync(`/proc/${pid}`)).catch(() => {});
    this.#agent = null;
  }

  async stop(): Promise<void> {
    await this.end();
    await this.tmux.stop();
    await this.#server?.close();
  }

  async record(state: string, note: string, { frames = 1, stillTrue = () => true }: Look = {}): Promise<Entry[]> {
    const words = [this.agent.paneId, '--agent', this.program, '--agent-version', this.agent.prepared.version];
    words.push('--state', state, '--note', note, '--socket', this.tmux.socketPath, '--out', this.out, '--json');
    words.push('--frames', String(frames), '--interval-ms', '400');
    // the private folder is shown as a home folder
    const env = { PATH: process.env.PATH, HOME: this.tmux.folder, LANG: 'C.UTF-8' };
    const { stdout } = await execute(join(root, 'scripts/record-screen'), words, { env });
    const entries = JSON.parse(stdout) as Entry[];
    this.#noteEscapes(state, note);
    if (await stillTrue()) {
      say(`  ${state}: ${entries.length} (${note})`);
      return entries;
    }
    drop(this.out, entries);
    say(`  ${state}: dropped, no longer true (${note})`);
    return [];
  }

  setScene(name: string): void {
    this.#scene = name;
  }

  /** where the program works that is started next */
  get nextFolder(): string {
    return join(this.tmux.folder, `${this.#starts + 1}`, project, project);
  }

  get #raw(): string {
    return join(this.tmux.folder, 'raw');
  }

  /** What the program told the terminal by OSC since the last note. */
  #noteEscapes(state: string, note: string): void {
    if (this.#escapes === undefined || !existsSync(this.#raw)) return;
    const bytes = readFileSync(this.#raw);
    const text = bytes.subarray(this.#rawAt).toString('utf8');
    this.#rawAt = bytes.length;
    const found = [...text.matchAll(/\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)/g)].map((match) => match[1]!);
    const bells = text.replace(/\x1b\][^\x07\x1b]*\x07/g, '').split('\x07').length - 1;
    const osc = [...new Set(found)].slice(0, 40);
    const [width, height] = this.#size;
    const line = { agent: this.program, size: `${width}x${height}`, scene: this.#scene, state, note, bells, osc };
    appendFileSync(this.#escapes, `${JSON.stringify(line)}\n`);
  }

  /** Types a prompt and sends it; returns once the model was asked. */
  async ask({ prompt }: Exchange): Promise<void> {
    const before = this.agent.calls().length;
    await this.agent.type(prompt);
    await waitFor(`the model is asked: ${prompt}`, () => this.agent.calls().length > before, {
      limitMs: 180_000,
      describe: () => this.agent.screen(),
    });
  }

  /** The model's latest answer is still being given. */
  isAnswering = (): boolean => this.agent.calls().at(-1)?.ended === 'open';

  isToolDone = (): boolean => this.agent.calls().at(-1)?.toolResult != null;

  /** Waits until it asks or has run what it was told to: qwen lets printf run unasked, Claude Code seq. */
  async hasRun(): Promise<boolean> {
    const { agent } = this;
    const isAsked = async () => agent.approval.test(await agent.screen());
    await waitFor('it asks or has run', async () => this.isToolDone() || (await isAsked()), { limitMs: 20_000 });
    return this.isToolDone();
  }

  /** No further call has been made since now. */
  noCallSince(): () => boolean {
    const count = this.agent.calls().length;
    return () => this.agent.calls().length === count;
  }

  async callsMore(count: number, limitMs = 40_000): Promise<void> {
    const from = this.agent.calls().length;
    await waitFor('the model is asked again', () => this.agent.calls().length >= from + count, { limitMs });
  }

  /** The answer has been given, and neither screen nor title moves any more. */
  async settled(limitMs = 40_000, stillMs = 1500): Promise<void> {
    let last = '';
    let since = Date.now();
    const condition = async () => {
      const now = `${await this.agent.title()}\n${await this.agent.screen()}`;
      if (now !== last || this.isAnswering()) since = Date.now();
      last = now;
      return Date.now() - since >= stillMs;
    };
    await waitFor('the screen stands still', condition, { limitMs, everyMs: 100 });
  }

  async standsStill(): Promise<boolean> {
    const before = await this.agent.screen();
    await delay(4000);
    return (await this.agent.screen()) === before;
  }

  async typed(text: string): Promise<void> {
    await this.tmux.run('send-keys', '-l', '-t', this.agent.paneId, text);
    const beginning = text.slice(0, 12);
    // on a loaded machine a program takes seconds to draw it
    await waitFor(`${text} is typed`, async () => (await this.agent.screen()).includes(beginning), { limitMs: 15_000 });
    await delay(900);
  }

  /** False where the program does or refuses what the model wants without asking. */
  async isAskedFor(): Promise<boolean> {
    const isDone = () => this.agent.calls().at(-1)?.toolResult != null;
    const isOpen = async () => this.agent.approval.test(await this.agent.screen());
    await waitFor('it asks or has done it', async () => isDone() || (await isOpen()), { limitMs: 30_000 });
    if (await isOpen()) await this.approvalOpen();
    else say(`  not asked: ${this.agent.calls().at(-1)?.toolResult?.slice(0, 200)}`);
    return !isDone();
  }

  async approvalOpen(): Promise<void> {
    await this.agent.waitForScreen(this.agent.approval);
    await delay(700);
  }
}

type Scene = (harness: RecordingHarness) => Promise<void>;

function ends(state: string, exchange: Exchange, note: string): Scene {
  return async (harness) => {
    await harness.ask(exchange);
    await harness.settled();
    await harness.record(state, note);
  };
}

function asksAnd(exchange: Exchange, then: (harness: RecordingHarness) => Promise<void>): Scene {
  return async (harness) => {
    await harness.ask(exchange);
    if (harness.program !== 'pi') await harness.approvalOpen();
    await then(harness);
  };
}

async function recordAsked(
  harness: RecordingHarness,
  commands: ReadonlyArray<readonly [what: string, command: string]>,
): Promise<void> {
  const failed: string[] = [];
  for (const [what, command] of commands.filter(harness.isWanted)) {
    try {
      await recordOne(harness, what, command);
    } catch (fault) {
      failed.push(what);
      say(`  failed: ${what}: ${String(fault)}`);
      await harness.end();
    }
  }
  await harness.end();
  if (failed.length > 0) throw new Error(`not recorded: ${failed.join('; ')}`);
}

async function recordOne(harness: RecordingHarness, what: string, command: string): Promise<void> {
  const exchange = asking(what, command);
  harness.exchanges.push(exchange);
  await harness.ready();
  await harness.ask(exchange);
  const isAsked = await harness.isAskedFor();
  if (isAsked) {
    const entries = await harness.record('approval', `a shell command with ${what}`);
    noteAsked(harness.out, entries, command);
  }
  // a denied prompt may come back into the composer
  if (!harness.isOne) return await harness.end();
  for (const key of isAsked ? harness.keys.deny : []) {
    await harness.agent.press(key);
    await delay(700);
  }
  await harness.agent.waitUntilIdle(20_000);
  await harness.settled();
}

/** The dialog as it stands, for the model to quote: the lower rows with words in them. */
async function quoted(harness: RecordingHarness): Promise<string> {
  const rows = (await harness.agent.screen()).split('\n').map((row) => row.replace(/\s+[│█]?\s*$/, ''));
  const at = rows.findIndex((row) => harness.agent.approval.test(row));
  return rows
    .slice(Math.max(0, at - 6), at + 8)
    .filter((row) => row !== '')
    .join('\n');
}

const scenes: Record<string, Scene> = {
  async startup_dialog(harness) {
    for (const { name, note, options } of programs[harness.program].firstDialogs) {
      const agent = await harness.launch(options);
      await waitFor('something is shown', async () => /\S/.test(await agent.screen()), { limitMs: 60_000 });
      await harness.settled(60_000, 4000);
      await harness.record(`startup_dialog_${name}`, note);
      await harness.end();
    }
  },
  /** gemini starts anew when a folder has been trusted, and leaves the answered dialog on the screen */
  async restarting(harness) {
    const trust = programs[harness.program].firstDialogs.find(({ name }) => name === 'trust')!;
    const agent = await harness.launch(trust.options);
    await agent.waitForScreen(/Don't trust/, 60_000);
    await agent.pressUntil('1', (text) => text.includes('is restarting'));
    await harness.record('starting', 'restarting, the answered trust dialog above', {
      stillTrue: async () => (await agent.screen()).includes('is restarting'),
    });
    await harness.end();
  },
  async start(harness) {
    const agent = await harness.launch();
    const startedAt = Date.now();
    let last = '';
    let recorded = 0;
    while (!(await agent.isIdle())) {
      if (Date.now() - startedAt > 180_000) throw new Error(`not ready:\n${await agent.screen()}`);
      const now = await agent.screen();
      if (now !== last && recorded < 5 && now.trim() !== '') {
        last = now;
        recorded++;
        const note = `${((Date.now() - startedAt) / 1000).toFixed(1)} s after the start`;
        await harness.record('starting', note, { stillTrue: async () => !(await agent.isIdle()) });
      }
      await delay(100);
    }
    say(`  ready after ${Date.now() - startedAt} ms`);
    await harness.settled();
    await harness.record('idle_start', 'nothing sent yet');
  },
  async draft(harness) {
    await harness.typed('Rename the helper and then');
    await harness.record('draft', 'one line typed, not sent');
    await harness.agent.press('C-u');
    const isGone = async () => !(await harness.agent.screen()).includes('Rename the helper');
    await waitFor('the line is gone', isGone, { limitMs: 15_000 });
    await delay(600);
    await harness.record('draft_cleared', 'Ctrl-U after one typed line');
  },
  async drafts(harness) {
    await harness.agent.paste('First the parser,\n\nthen the printer\nand the tests');
    await delay(900);
    await harness.record('draft', 'four lines pasted, not sent');
    await harness.launch();
    await harness.agent.waitUntilIdle(180_000);
    await harness.typed(`Please look at ${'every module that reads the settings file and '.repeat(7)}report`);
    await harness.record('draft', 'a long line typed, not sent');
    await harness.launch();
    await harness.agent.waitUntilIdle(180_000);
    await harness.agent.paste(
      Array.from({ length: 60 }, (_, n) => `line ${n + 1} of a long pasted text, not sent`).join('\n'),
    );
    await delay(1200);
    await harness.record('draft', 'sixty lines pasted, not sent');
    await harness.launch();
    await harness.agent.waitUntilIdle(180_000);
    await harness.agent.paste('A table: │ name │ size │\nGrüße an Zoë 👩‍👩‍👧 und 🇩🇪, 日本語のテスト\n│');
    await delay(900);
    await harness.record('draft', 'three lines with bars, wide and joined characters, pasted, not sent');
    await harness.launch();
    await harness.agent.waitUntilIdle(180_000);
    await harness.typed('/');
    await delay(600);
    await harness.record('draft', 'a slash typed: the menu of commands is open');
    await harness.end();
  },
  async tall_drafts(harness) {
    const tall = Array.from({ length: 10 }, (_, n) => `line ${n + 1} of a text that is not sent`).join('\n');
    const ruled = `First the table\n${'─'.repeat(60)}\n\n`;
    for (const [text, note] of [
      [tall, 'ten lines pasted, not sent: more than a low composer shows'],
      [ruled, 'a line and a rule below it pasted, not sent: the last rows are blank'],
    ] as const) {
      await harness.ready();
      await harness.agent.paste(text);
      await delay(900);
      await harness.record('draft', note);
      await harness.end();
    }
  },
  short: ends('finished', exchanges.short, 'a short answer'),
  markdown: ends('finished', exchanges.markdown, 'markdown: heading, code, list, table, quote'),
  long: ends('finished', exchanges.long, 'a list of 70 lines: scrolled'),
  prose: ends('finished', exchanges.prose, 'three long paragraphs'),
  question: ends('question', exchanges.question, 'the turn ended with a question in plain words'),
  request: ends('controller_request', exchanges.request, 'a request block with a list'),
  request_with_id: ends('controller_request', exchanges.requestWithId, 'a request block with an id and a list inside'),
  async waiting(harness) {
    await harness.ask(exchanges.waiting);
    const note = 'the model was asked and has sent nothing yet';
    const entries = await harness.record('busy_waiting', note, { frames: 8, stillTrue: harness.isAnswering });
    if (entries.length > 0) {
      const rows = readFileSync(join(harness.out, entries.at(-1)!.file), 'utf8').split('\n');
      const row = rows.findLast((one) => /esc|[⠀-⣿] |⬝/i.test(one));
      const text = `While it waits it shows this row:\n\n${row?.trim()}\n\nand nothing else.`;
      harness.quotes.push({ prompt: 'Quote your own busy row', steps: [{ say: text }] });
    }
    await harness.settled();
  },
  async thinking(harness) {
    await harness.ask(exchanges.thinking);
    const note = 'reasoning comes in';
    await harness.record('busy_thinking', note, { frames: 8, stillTrue: harness.isAnswering });
    await harness.settled();
    await harness.record('finished', 'an answer after reasoning');
  },
  async streaming(harness) {
    await harness.ask(exchanges.streaming);
    await harness.record('busy_streaming', 'text comes in', { frames: 8, stillTrue: harness.isAnswering });
    await harness.settled();
  },
  tool: asksAnd(exchanges.tool, async (harness) => {
    if (harness.program !== 'pi') {
      await harness.record('approval', 'a shell command, after a line of text', { frames: 2 });
      const text = await quoted(harness);
      const say = `Before it runs a command it asks like this:\n\n\`\`\`\n${text}\n\`\`\`\n\nThe same without a frame:\n\n${text}\n\nI answered it an hour ago.`;
      harness.quotes.push({ prompt: 'Quote your own approval dialog', steps: [{ say }] });
      await harness.agent.press(...harness.keys.approve);
    }
    await delay(800);
    const stillTrue = harness.noCallSince();
    await harness.record('busy_tool', 'a shell command of 8 s runs', { frames: 8, stillTrue });
    if (stillTrue()) await harness.callsMore(1);
    await harness.settled();
    await harness.record('finished', 'an answer after a shell command of 8 s');
  }),
  async output(harness) {
    await harness.ask(exchanges.output);
    if (!(await harness.hasRun())) {
      await delay(700);
      await harness.record('approval', 'a short shell command');
      await harness.agent.press(...harness.keys.approve);
      await waitFor('the result is in', harness.isToolDone, { limitMs: 20_000 });
    }
    await harness.settled();
    await harness.record('finished', 'twelve lines of tool output, then an answer');
  },
  denied: asksAnd(exchanges.denied, async (harness) => {
    await harness.agent.deny();
    await delay(1500);
    await harness.settled();
    await harness.record('denied', `a shell command denied with ${harness.keys.deny.join(' ')}`);
  }),
  wide: asksAnd(exchanges.wide, async (harness) => {
    await harness.record('approval', 'a shell command of three lines, one of them long');
    await harness.agent.press(...harness.keys.deny);
    await delay(1000);
    await harness.settled();
  }),
  commands: (harness) => recordAsked(harness, askedCommands),
  /** commands that change something, of which even the shortest is asked about, from one row to more than a screen holds */
  rows: (harness) => recordAsked(harness, rowsOfTouches),
  /** started without its guard, and in the mode that only plans */
  async modes(harness) {
    await harness.launch({ beforeStart: ({ args }) => void (args as string[]).push('--allow-all') });
    await harness.agent.waitUntilIdle(180_000);
    await harness.settled();
    await harness.record('idle_unguarded', 'started with --allow-all');
    await harness.launch();
    await harness.agent.waitUntilIdle(180_000);
    await harness.settled();
    await harness.agent.press('BTab');
    await harness.agent.waitForScreen(/ Plan · /);
    await harness.settled();
    await harness.record('idle_plan', 'in the mode that only plans');
    await harness.end();
  },
  /** each in a program that has just started: its dialog may be read by what stands above it */
  async files(harness) {
    for (const [what, file] of askedFiles.filter(harness.isWanted)) {
      await harness.ready();
      const exchange = writing(what, { ...file, path: join(harness.agent.workingFolder, file.path) });
      harness.exchanges.push(exchange);
      await harness.ask(exchange);
      if (await harness.isAskedFor()) {
        const entries = await harness.record('approval', `a file to be written, with ${what}`);
        noteAsked(harness.out, entries, file.path);
      }
      await harness.end();
    }
  },
  async edit(harness) {
    const path = join(harness.agent.workingFolder, 'notes.md');
    const content = '# Notes\n\n- the port is 8080\n- the queue has one worker\n';
    const exchange = { prompt: 'Write the notes file', steps: [{ write: path, content }] };
    harness.exchanges.push(exchange);
    await harness.ask(exchange);
    const isAsked = async () => harness.agent.approval.test(await harness.agent.screen());
    const isDone = () => existsSync(path);
    await waitFor('it asks or has written', async () => isDone() || (await isAsked()), {
      limitMs: 15_000,
      describe: () => harness.agent.screen(),
    });
    await delay(1000);
    if (await isAsked()) {
      await harness.record('approval', 'a new file to be written');
    } else {
      await harness.settled();
      await harness.record('finished', 'wrote a file without asking');
    }
    await harness.end();
  },
  pasted: asksAnd(exchanges.denied, async (harness) => {
    await harness.agent.paste('Use the second approach instead, and keep the tests');
    await delay(900);
    await harness.record('approval_pasted', 'a line pasted while the approval is open, no Enter', {
      stillTrue: () => harness.agent.calls().at(-1)?.toolResult == null,
    });
    await harness.end();
  }),
  async paragraphs(harness) {
    await harness.agent.paste('First the table.\nThen its index.\n\n- keep the names\n- and the order');
    await harness.agent.waitForScreen(/and the order|Pasted text/);
    await harness.agent.submit();
    await harness.settled();
    await harness.record('finished', 'a pasted message of two paragraphs was answered');
  },
  /** a paste whose end is still to come: qwen waits a second for more of it */
  async pasting(harness) {
    let isOver = false;
    const keys = (...more: string[]) => harness.tmux.run('send-keys', '-t', harness.agent.paneId, ...more);
    const coming = (async () => {
      await keys('-H', ...[...'\x1b[200~'].map((key) => key.charCodeAt(0).toString(16)));
      while (!isOver) await keys('-l', 'The queue is drained by one worker, the oldest job first. '.repeat(20));
      await keys('-H', ...[...'\x1b[201~'].map((key) => key.charCodeAt(0).toString(16)));
    })();
    await harness.agent.waitForScreen(/Pasting… [1-9]/);
    await harness.record('busy_pasting', 'a part of a long paste is in', { frames: 2 });
    isOver = true;
    await coming;
    await harness.end();
    const row = '  Pasting… 4 KB';
    harness.quotes.push({ prompt: 'Quote your own paste row', steps: [{ say: `Its last row says:\n\n${row}\n` }] });
  },
  async queued(harness) {
    await harness.ask(exchanges.queueing);
    await delay(1200);
    await harness.typed(exchanges.queued.prompt);
    await harness.record('busy_draft', 'typed while text comes in, not sent', { stillTrue: harness.isAnswering });
    await harness.agent.press('Enter');
    await delay(700);
    // codex breaks the answer off and gives the next one
    const isUnasked = harness.noCallSince();
    const stillTrue = () => isUnasked() && harness.isAnswering();
    await harness.record('queued', 'sent while text comes in', { frames: 3, stillTrue });
    await delay(7000);
    await harness.settled();
    await harness.record('finished', 'the answer to a message that was sent during the turn before');
  },
  async interrupted(harness) {
    await harness.ask(exchanges.stopped);
    await delay(2500);
    for (const key of harness.keys.interrupt) {
      await harness.agent.press(key);
      await delay(300);
    }
    await delay(700);
    await waitFor('the answer is broken off', () => !harness.isAnswering(), { limitMs: 5000 });
    await harness.settled();
    await harness.record('interrupted', `${harness.keys.interrupt.join(', ')} while text came in`);
    await harness.end();
  },
  async lists(harness) {
    for (const { command, shows, choose } of programs[harness.program].lists ?? []) {
      await harness.ready();
      await harness.typed(command);
      await harness.agent.press('Enter');
      await harness.agent.waitForScreen(shows);
      await harness.settled();
      await harness.record('dialog_list', `the list that ${command} opens`);
      for (const key of choose ?? []) {
        await harness.agent.press(key);
        await delay(1000);
      }
      if (choose !== undefined) await harness.record('idle_chosen', `the first entry of ${command} was chosen`);
      await harness.end();
    }
  },
  /** many put the first message into the title */
  async titles(harness) {
    for (const exchange of [exchanges.busyTitle, exchanges.dialogTitle]) {
      await harness.ready();
      await harness.ask(exchange);
      await delay(1500);
      await harness.record('busy_titled', `text comes in, first message: ${exchange.prompt}`, {
        stillTrue: harness.isAnswering,
      });
      await harness.settled();
      await harness.record('finished', `look-alike: the first message is ${exchange.prompt}`);
      await harness.end();
    }
  },
  async failing(harness) {
    await harness.ask(exchanges.failing);
    await delay(2500);
    const before = harness.agent.calls().length;
    const entries = await harness.record('error_retrying', 'HTTP 500 from the model, tried again', { frames: 6 });
    let seen = before;
    let since = Date.now();
    const startedAt = since;
    while (Date.now() - since < 12_000 && Date.now() - startedAt < 40_000) {
      await delay(500);
      if (harness.agent.calls().length > seen) since = Date.now();
      seen = harness.agent.calls().length;
    }
    say(`  calls: ${before} at 2.5 s, ${seen} ${Math.round((Date.now() - startedAt) / 1000)} s later`);
    // the pause between two tries may be longer than this: then something still turns
    if (seen === before && (await harness.standsStill())) {
      drop(harness.out, entries);
      await harness.record('error', 'HTTP 500 from the model, the turn is over');
    } else if (Date.now() - since >= 12_000 && (await harness.standsStill())) {
      await harness.record('error', 'HTTP 500 from the model, given up after retries');
    } else
      await harness.record('error_retrying', 'HTTP 500 from the model, later: a long pause between two tries', {
        frames: 2,
      });
    await harness.end();
  },
  async refused(harness) {
    await harness.ask(exchanges.refused);
    await delay(2000);
    await harness.settled();
    // Claude Code stands still for two seconds before it tells
    await harness.agent.waitUntilIdle(20_000).catch(() => {});
    await harness.record('error', 'HTTP 400 from the model');
    await harness.end();
  },
  async spinner_output(harness) {
    await harness.ask(exchanges.spinnerOutput);
    if (!(await harness.hasRun())) {
      await delay(700);
      await harness.agent.press(...harness.keys.approve);
      await waitFor('the result is in', harness.isToolDone, { limitMs: 20_000 });
    }
    await harness.settled();
    await harness.record('finished', 'look-alike: a tool printed old spinner lines');
  },
  quotes_busy: ends('finished', exchanges.quotesBusy, 'look-alike: the answer quotes busy lines'),
  braille: ends('finished', exchanges.braille, 'look-alike: lines of the answer begin with braille characters'),
  protocol: ends('finished', exchanges.protocol, 'look-alike: the answer documents the request block in a code fence'),
  /** `?` in an empty composer */
  async help(harness) {
    await harness.agent.press('?');
    await harness.agent.waitForScreen(/close help/);
    await delay(700);
    await harness.record('dialog_help', 'a question mark typed: the help is open above an empty composer');
    await harness.agent.press('Escape');
    await harness.settled();
  },
  /** `!` in an empty composer */
  async shell_mode(harness) {
    await harness.agent.press('!');
    await delay(1500);
    await harness.record('unknown', 'an exclamation mark typed: what is written now runs in a shell');
    await harness.end();
  },
  /** one of the two Escapes that interrupt: half a second later it is forgotten */
  async escaped_once(harness) {
    await harness.ask(exchanges.streaming);
    const note = 'one Escape while text comes in';
    const recording = harness.record('busy_escaped', note, { frames: 8, stillTrue: harness.isAnswering });
    for (let presses = 0; presses < 7; presses++) {
      await delay(700);
      await harness.agent.press('Escape');
    }
    await recording;
    await harness.settled();
  },
  async asks(harness) {
    await harness.ask(exchanges.asking);
    await harness.agent.waitForScreen(/SQLite[\s\S]*enter/i);
    await delay(900);
    await harness.record('dialog_question', 'the model asks its user to choose');
    await harness.end();
  },
  /** a command that opens a list of models */
  async picker(harness) {
    const command = harness.program === 'grok' ? '/models' : '/model';
    await harness.typed(command);
    await harness.agent.press('Enter');
    // from its list of commands grok takes the name first
    if (harness.program === 'grok') {
      await delay(900);
      await harness.agent.press('Enter');
    }
    await delay(1500);
    await harness.record('dialog_picker', 'a model is to be chosen');
    await harness.end();
  },
  /** the words of a refusal are typed into a box that looks like the composer's */
  async feedback(harness) {
    await harness.ask(exchanges.denied);
    await harness.approvalOpen();
    await harness.agent.press('Up');
    await delay(300);
    await harness.agent.press('Enter');
    await delay(900);
    await harness.record('dialog_feedback', 'why it was denied is to be typed');
    await harness.end();
  },
  /** the last option of an approval asks for words */
  async telling(harness) {
    await harness.ask(exchanges.denied);
    await harness.approvalOpen();
    await harness.agent.press('Up');
    await delay(900);
    await harness.record('approval', 'the last option is marked');
    await harness.agent.press('Enter');
    await delay(1500);
    await harness.record('dialog_feedback', 'what is to be done differently is to be typed');
    await harness.end();
  },
  /** the model is asked again after a denial */
  async denied_on(harness) {
    await harness.ask(exchanges.deniedOn);
    await harness.approvalOpen();
    await harness.agent.press(...harness.keys.deny);
    await harness.callsMore(1).catch(() => {});
    await delay(800);
    await harness.record('busy_denied', 'denied: the model was asked again and has sent nothing yet', {
      frames: 2,
      stillTrue: harness.isAnswering,
    });
    await delay(5500);
    await harness.record('busy_denied', 'denied: the answer comes in', { frames: 3, stillTrue: harness.isAnswering });
    await harness.settled();
    await harness.record('denied', 'denied, and the answer is out');
  },
  /** broken off before anything has come */
  async stopped_waiting(harness) {
    await harness.ask(exchanges.waiting);
    await delay(2000);
    for (const key of harness.keys.interrupt) await harness.agent.press(key);
    await delay(900);
    await harness.record('unknown', `${harness.keys.interrupt.join(', ')} before anything had come`, {
      frames: 2,
      stillTrue: harness.isAnswering,
    });
    await harness.settled();
    await harness.record('interrupted', `${harness.keys.interrupt.join(', ')} before anything had come, later`);
  },
  async quotes_own(harness) {
    for (const exchange of harness.quotes) {
      await harness.ask(exchange);
      await harness.settled();
      await harness.record('finished', `look-alike: ${exchange.prompt.toLowerCase().replace('your', 'its')}`);
    }
  },
};

/** Scenes of what only some program has, and this one has not. */
function ofOthers(program: AgentName): ReadonlySet<string> {
  const special = (name: AgentName) => (programs[name] as TestProgram).scenes ?? [];
  const mine = special(program);
  return new Set(agentNames.flatMap(special).filter((scene) => !mine.includes(scene)));
}

/** A scene of the program's own. Keys are pressed one after another, as by a person. */
async function play(harness: RecordingHarness, { start, acts }: OwnScene): Promise<void> {
  for (const act of acts) {
    if ('ask' in act) harness.exchanges.push(act.ask);
    else if ('knows' in act) harness.exchanges.push(act.knows);
  }
  await harness.launch(start);
  await harness.agent.waitUntilIdle(180_000);
  await harness.settled();
  try {
    for (const act of acts) await perform(harness, act);
  } finally {
    await harness.end();
  }
}

async function perform(harness: RecordingHarness, act: Act): Promise<void> {
  if ('ask' in act) await harness.ask(act.ask);
  else if ('knows' in act) return;
  else if ('type' in act) await harness.typed(act.type);
  else if ('paste' in act) {
    await harness.agent.paste(act.paste);
    await delay(900);
  } else if ('press' in act) {
    for (const key of act.press) {
      await harness.agent.press(key);
      await delay(300);
    }
  } else if ('waitMs' in act) await delay(act.waitMs);
  else if ('sees' in act) {
    await harness.agent.waitForScreen(act.sees);
    await delay(700);
  } else if ('asked' in act) await harness.callsMore(act.asked);
  else if ('settled' in act) await harness.settled();
  else {
    const { record, note, frames = 1, answering, asks } = act;
    const look = { frames, ...(answering ? { stillTrue: harness.isAnswering } : {}) };
    const entries = await harness.record(record, note, look);
    if (asks !== undefined) noteAsked(harness.out, entries, asks);
  }
}

const main = ['start', 'draft', 'waiting', 'thinking', 'streaming', 'tool', 'markdown', 'question', 'request'];

function drop(out: string, entries: readonly Entry[]): void {
  const path = join(out, 'manifest.json');
  const files = new Set(entries.map(({ file }) => file));
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Entry[];
  writeFileSync(
    path,
    `${JSON.stringify(
      manifest.filter(({ file }) => !files.has(file)),
      null,
      1,
    )}\n`,
  );
  for (const { file, ansi } of entries) for (const one of [file, ansi]) rmSync(join(out, one), { force: true });
}

/** The command or file that the recorded dialogs ask about. */
function noteAsked(out: string, entries: readonly Entry[], asks: string): void {
  const path = join(out, 'manifest.json');
  const files = new Set(entries.map(({ file }) => file));
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Entry[];
  const noted = manifest.map((entry) => (files.has(entry.file) ? { ...entry, asks } : entry));
  writeFileSync(path, `${JSON.stringify(noted, null, 1)}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '120x40' },
      only: { type: 'string' },
      main: { type: 'boolean', default: false },
      escapes: { type: 'string' },
      within: { type: 'string' },
      one: { type: 'boolean', default: false },
      out: { type: 'string', default: join(root, 'tests/screens') },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const program = agentNames.find((name) => name === positionals[0]);
  const ownScenes: TestProgram['ownScenes'] = program && (programs[program] as TestProgram).ownScenes;
  const own = Object.keys(ownScenes?.({ workingFolder: '' }) ?? {});
  if (values.list) return say([...Object.keys(scenes), ...own].join('\n'));
  const size = /^(\d+)x(\d+)$/.exec(values.size);
  const wanted = values.only?.split(',') ?? (values.main ? main : [...Object.keys(scenes), ...own]);
  const unknown = wanted.filter((name) => !(name in scenes) && !own.includes(name));
  if (values.help || program === undefined || size === null || unknown.length > 0) {
    if (unknown.length > 0) say(`no scene ${unknown.join(', ')}\n`);
    process.stdout.write(helpOf('record'));
    process.exitCode = values.help ? 0 : 64;
    return;
  }
  const harness = new RecordingHarness(program, [Number(size[1]), Number(size[2])], values.out, values);
  let failed = 0;
  process.once('SIGTERM', () => void harness.stop().finally(() => process.exit(143)));
  try {
    for (const name of wanted) {
      if (program !== 'qwen' && name === 'pasting') continue;
      if (program !== 'gemini' && name === 'restarting') continue;
      if (program === 'pi' && ['denied', 'wide', 'commands', 'files', 'pasted'].includes(name)) continue;
      if (!own.includes(name) && ofOthers(program).has(name)) continue;
      say(`${program} ${values.size} ${name}`);
      harness.setScene(name);
      try {
        const ownScene = ownScenes?.({ workingFolder: harness.nextFolder })[name];
        if (ownScene !== undefined) {
          await play(harness, ownScene);
          continue;
        }
        if (!['start', 'startup_dialog', 'restarting'].includes(name)) await harness.ready();
        await scenes[name]!(harness);
      } catch (fault) {
        failed++;
        say(`  failed: ${String(fault)}`);
        await harness.end();
      }
    }
  } finally {
    await harness.stop();
  }
  if (failed > 0) process.exitCode = 1;
}

await run();
