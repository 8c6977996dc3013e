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
class Stage {
  readonly tmux: PrivateTmux = privateTmux();
  /** those the model quotes from the recorded screens */
  readonly quotes: Exchange[] = [];
  readonly exchanges: Exchange[] = [];
  readonly program: AgentName;
  readonly out: string;
  readonly #size: readonly [number, number];
  readonly #escapes: string | undefined;
  readonly #within: string;
  #scene = '';
  #rawAt = 0;
  #server: ModelServer | null = null;
  #agent: RealAgent | null = null;
  #starts = 0;

  /** @param within of `commands` and `files` only those whose name has this in it */
  constructor(
    program: AgentName,
    size: readonly [number, number],
    out: string,
    { escapes, within = '' }: { readonly escapes?: string | undefined; readonly within?: string | undefined },
  ) {
    this.program = program;
    this.out = out;
    this.#size = size;
    this.#escapes = escapes;
    this.#within = within;
  }

  /** of dialogs that a scene asks for one after the other */
  readonly isWanted = ([what]: readonly [what: string, ...rest: unknown[]]): boolean => what.includes(this.#within);

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

type Scene = (stage: Stage) => Promise<void>;

function ends(state: string, exchange: Exchange, note: string): Scene {
  return async (stage) => {
    await stage.ask(exchange);
    await stage.settled();
    await stage.record(state, note);
  };
}

function asksAnd(exchange: Exchange, then: (stage: Stage) => Promise<void>): Scene {
  return async (stage) => {
    await stage.ask(exchange);
    if (stage.program !== 'pi') await stage.approvalOpen();
    await then(stage);
  };
}

async function recordAsked(
  stage: Stage,
  commands: ReadonlyArray<readonly [what: string, command: string]>,
): Promise<void> {
  for (const [what, command] of commands.filter(stage.isWanted)) {
    const exchange = asking(what, command);
    stage.exchanges.push(exchange);
    await stage.ready();
    await stage.ask(exchange);
    if (await stage.isAskedFor()) {
      const entries = await stage.record('approval', `a shell command with ${what}`);
      noteAsked(stage.out, entries, command);
    }
    // a denied prompt may come back into the composer
    await stage.end();
  }
}

/** The dialog as it stands, for the model to quote: the lower rows with words in them. */
async function quoted(stage: Stage): Promise<string> {
  const rows = (await stage.agent.screen()).split('\n').map((row) => row.replace(/\s+[│█]?\s*$/, ''));
  const at = rows.findIndex((row) => stage.agent.approval.test(row));
  return rows
    .slice(Math.max(0, at - 6), at + 8)
    .filter((row) => row !== '')
    .join('\n');
}

const scenes: Record<string, Scene> = {
  async startup_dialog(stage) {
    for (const { name, note, options } of programs[stage.program].firstDialogs) {
      const agent = await stage.launch(options);
      await waitFor('something is shown', async () => /\S/.test(await agent.screen()), { limitMs: 60_000 });
      await stage.settled(60_000, 4000);
      await stage.record(`startup_dialog_${name}`, note);
      await stage.end();
    }
  },
  /** gemini starts anew when a folder has been trusted, and leaves the answered dialog on the screen */
  async restarting(stage) {
    const trust = programs[stage.program].firstDialogs.find(({ name }) => name === 'trust')!;
    const agent = await stage.launch(trust.options);
    await agent.waitForScreen(/Don't trust/, 60_000);
    await agent.pressUntil('1', (text) => text.includes('is restarting'));
    await stage.record('starting', 'restarting, the answered trust dialog above', {
      stillTrue: async () => (await agent.screen()).includes('is restarting'),
    });
    await stage.end();
  },
  async start(stage) {
    const agent = await stage.launch();
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
        await stage.record('starting', note, { stillTrue: async () => !(await agent.isIdle()) });
      }
      await delay(100);
    }
    say(`  ready after ${Date.now() - startedAt} ms`);
    await stage.settled();
    await stage.record('idle_start', 'nothing sent yet');
  },
  async draft(stage) {
    await stage.typed('Rename the helper and then');
    await stage.record('draft', 'one line typed, not sent');
    await stage.agent.press('C-u');
    const isGone = async () => !(await stage.agent.screen()).includes('Rename the helper');
    await waitFor('the line is gone', isGone, { limitMs: 15_000 });
    await delay(600);
    await stage.record('draft_cleared', 'Ctrl-U after one typed line');
  },
  async drafts(stage) {
    await stage.agent.paste('First the parser,\n\nthen the printer\nand the tests');
    await delay(900);
    await stage.record('draft', 'four lines pasted, not sent');
    await stage.launch();
    await stage.agent.waitUntilIdle(180_000);
    await stage.typed(`Please look at ${'every module that reads the settings file and '.repeat(7)}report`);
    await stage.record('draft', 'a long line typed, not sent');
    await stage.launch();
    await stage.agent.waitUntilIdle(180_000);
    await stage.agent.paste(
      Array.from({ length: 60 }, (_, n) => `line ${n + 1} of a long pasted text, not sent`).join('\n'),
    );
    await delay(1200);
    await stage.record('draft', 'sixty lines pasted, not sent');
    await stage.launch();
    await stage.agent.waitUntilIdle(180_000);
    await stage.agent.paste('A table: │ name │ size │\nGrüße an Zoë 👩‍👩‍👧 und 🇩🇪, 日本語のテスト\n│');
    await delay(900);
    await stage.record('draft', 'three lines with bars, wide and joined characters, pasted, not sent');
    await stage.launch();
    await stage.agent.waitUntilIdle(180_000);
    await stage.typed('/');
    await delay(600);
    await stage.record('draft', 'a slash typed: the menu of commands is open');
    await stage.end();
  },
  async tall_drafts(stage) {
    const tall = Array.from({ length: 10 }, (_, n) => `line ${n + 1} of a text that is not sent`).join('\n');
    const ruled = `First the table\n${'─'.repeat(60)}\n\n`;
    for (const [text, note] of [
      [tall, 'ten lines pasted, not sent: more than a low composer shows'],
      [ruled, 'a line and a rule below it pasted, not sent: the last rows are blank'],
    ] as const) {
      await stage.ready();
      await stage.agent.paste(text);
      await delay(900);
      await stage.record('draft', note);
      await stage.end();
    }
  },
  short: ends('finished', exchanges.short, 'a short answer'),
  markdown: ends('finished', exchanges.markdown, 'markdown: heading, code, list, table, quote'),
  long: ends('finished', exchanges.long, 'a list of 70 lines: scrolled'),
  prose: ends('finished', exchanges.prose, 'three long paragraphs'),
  question: ends('question', exchanges.question, 'the turn ended with a question in plain words'),
  request: ends('controller_request', exchanges.request, 'a request block with a list'),
  request_with_id: ends('controller_request', exchanges.requestWithId, 'a request block with an id and a list inside'),
  async waiting(stage) {
    await stage.ask(exchanges.waiting);
    const note = 'the model was asked and has sent nothing yet';
    const entries = await stage.record('busy_waiting', note, { frames: 8, stillTrue: stage.isAnswering });
    if (entries.length > 0) {
      const rows = readFileSync(join(stage.out, entries.at(-1)!.file), 'utf8').split('\n');
      const row = rows.findLast((one) => /esc|[⠀-⣿] |⬝/i.test(one));
      const text = `While it waits it shows this row:\n\n${row?.trim()}\n\nand nothing else.`;
      stage.quotes.push({ prompt: 'Quote your own busy row', steps: [{ say: text }] });
    }
    await stage.settled();
  },
  async thinking(stage) {
    await stage.ask(exchanges.thinking);
    const note = 'reasoning comes in';
    await stage.record('busy_thinking', note, { frames: 8, stillTrue: stage.isAnswering });
    await stage.settled();
    await stage.record('finished', 'an answer after reasoning');
  },
  async streaming(stage) {
    await stage.ask(exchanges.streaming);
    await stage.record('busy_streaming', 'text comes in', { frames: 8, stillTrue: stage.isAnswering });
    await stage.settled();
  },
  tool: asksAnd(exchanges.tool, async (stage) => {
    if (stage.program !== 'pi') {
      await stage.record('approval', 'a shell command, after a line of text', { frames: 2 });
      const text = await quoted(stage);
      const say = `Before it runs a command it asks like this:\n\n\`\`\`\n${text}\n\`\`\`\n\nThe same without a frame:\n\n${text}\n\nI answered it an hour ago.`;
      stage.quotes.push({ prompt: 'Quote your own approval dialog', steps: [{ say }] });
      await stage.agent.press(...stage.keys.approve);
    }
    await delay(800);
    const stillTrue = stage.noCallSince();
    await stage.record('busy_tool', 'a shell command of 8 s runs', { frames: 8, stillTrue });
    if (stillTrue()) await stage.callsMore(1);
    await stage.settled();
    await stage.record('finished', 'an answer after a shell command of 8 s');
  }),
  async output(stage) {
    await stage.ask(exchanges.output);
    if (!(await stage.hasRun())) {
      await delay(700);
      await stage.record('approval', 'a short shell command');
      await stage.agent.press(...stage.keys.approve);
      await waitFor('the result is in', stage.isToolDone, { limitMs: 20_000 });
    }
    await stage.settled();
    await stage.record('finished', 'twelve lines of tool output, then an answer');
  },
  denied: asksAnd(exchanges.denied, async (stage) => {
    await stage.agent.press(...stage.keys.deny);
    await delay(1500);
    await stage.settled();
    await stage.record('denied', `a shell command denied with ${stage.keys.deny.join(' ')}`);
  }),
  wide: asksAnd(exchanges.wide, async (stage) => {
    await stage.record('approval', 'a shell command of three lines, one of them long');
    await stage.agent.press(...stage.keys.deny);
    await delay(1000);
    await stage.settled();
  }),
  commands: (stage) => recordAsked(stage, askedCommands),
  /** commands that change something, of which even the shortest is asked about, from one row to more than a screen holds */
  rows: (stage) => recordAsked(stage, rowsOfTouches),
  /** started without its guard, and in the mode that only plans */
  async modes(stage) {
    await stage.launch({ beforeStart: ({ args }) => void (args as string[]).push('--allow-all') });
    await stage.agent.waitUntilIdle(180_000);
    await stage.settled();
    await stage.record('idle_unguarded', 'started with --allow-all');
    await stage.launch();
    await stage.agent.waitUntilIdle(180_000);
    await stage.settled();
    await stage.agent.press('BTab');
    await stage.agent.waitForScreen(/ Plan · /);
    await stage.settled();
    await stage.record('idle_plan', 'in the mode that only plans');
    await stage.end();
  },
  /** each in a program that has just started: its dialog may be read by what stands above it */
  async files(stage) {
    for (const [what, file] of askedFiles.filter(stage.isWanted)) {
      await stage.ready();
      const exchange = writing(what, { ...file, path: join(stage.agent.workingFolder, file.path) });
      stage.exchanges.push(exchange);
      await stage.ask(exchange);
      if (await stage.isAskedFor()) {
        const entries = await stage.record('approval', `a file to be written, with ${what}`);
        noteAsked(stage.out, entries, file.path);
      }
      await stage.end();
    }
  },
  async edit(stage) {
    const path = join(stage.agent.workingFolder, 'notes.md');
    const content = '# Notes\n\n- the port is 8080\n- the queue has one worker\n';
    const exchange = { prompt: 'Write the notes file', steps: [{ write: path, content }] };
    stage.exchanges.push(exchange);
    await stage.ask(exchange);
    const isAsked = async () => stage.agent.approval.test(await stage.agent.screen());
    const isDone = () => existsSync(path);
    await waitFor('it asks or has written', async () => isDone() || (await isAsked()), {
      limitMs: 15_000,
      describe: () => stage.agent.screen(),
    });
    await delay(1000);
    if (await isAsked()) {
      await stage.record('approval', 'a new file to be written');
    } else {
      await stage.settled();
      await stage.record('finished', 'wrote a file without asking');
    }
    await stage.end();
  },
  pasted: asksAnd(exchanges.denied, async (stage) => {
    await stage.agent.paste('Use the second approach instead, and keep the tests');
    await delay(900);
    await stage.record('approval_pasted', 'a line pasted while the approval is open, no Enter', {
      stillTrue: () => stage.agent.calls().at(-1)?.toolResult == null,
    });
    await stage.end();
  }),
  async paragraphs(stage) {
    await stage.agent.paste('First the table.\nThen its index.\n\n- keep the names\n- and the order');
    await stage.agent.waitForScreen(/and the order|Pasted text/);
    await stage.agent.submit();
    await stage.settled();
    await stage.record('finished', 'a pasted message of two paragraphs was answered');
  },
  /** a paste whose end is still to come: qwen waits a second for more of it */
  async pasting(stage) {
    let isOver = false;
    const keys = (...more: string[]) => stage.tmux.run('send-keys', '-t', stage.agent.paneId, ...more);
    const coming = (async () => {
      await keys('-H', ...[...'\x1b[200~'].map((key) => key.charCodeAt(0).toString(16)));
      while (!isOver) await keys('-l', 'The queue is drained by one worker, the oldest job first. '.repeat(20));
      await keys('-H', ...[...'\x1b[201~'].map((key) => key.charCodeAt(0).toString(16)));
    })();
    await stage.agent.waitForScreen(/Pasting… [1-9]/);
    await stage.record('busy_pasting', 'a part of a long paste is in', { frames: 2 });
    isOver = true;
    await coming;
    await stage.end();
    const row = '  Pasting… 4 KB';
    stage.quotes.push({ prompt: 'Quote your own paste row', steps: [{ say: `Its last row says:\n\n${row}\n` }] });
  },
  async queued(stage) {
    await stage.ask(exchanges.queueing);
    await delay(1200);
    await stage.typed(exchanges.queued.prompt);
    await stage.record('busy_draft', 'typed while text comes in, not sent', { stillTrue: stage.isAnswering });
    await stage.agent.press('Enter');
    await delay(700);
    // codex breaks the answer off and gives the next one
    const isUnasked = stage.noCallSince();
    const stillTrue = () => isUnasked() && stage.isAnswering();
    await stage.record('queued', 'sent while text comes in', { frames: 3, stillTrue });
    await delay(7000);
    await stage.settled();
    await stage.record('finished', 'the answer to a message that was sent during the turn before');
  },
  async interrupted(stage) {
    await stage.ask(exchanges.stopped);
    await delay(2500);
    for (const key of stage.keys.interrupt) {
      await stage.agent.press(key);
      await delay(300);
    }
    await delay(700);
    await waitFor('the answer is broken off', () => !stage.isAnswering(), { limitMs: 5000 });
    await stage.settled();
    await stage.record('interrupted', `${stage.keys.interrupt.join(', ')} while text came in`);
    await stage.end();
  },
  async lists(stage) {
    for (const { command, shows, choose } of programs[stage.program].lists ?? []) {
      await stage.ready();
      await stage.typed(command);
      await stage.agent.press('Enter');
      await stage.agent.waitForScreen(shows);
      await stage.settled();
      await stage.record('dialog_list', `the list that ${command} opens`);
      for (const key of choose ?? []) {
        await stage.agent.press(key);
        await delay(1000);
      }
      if (choose !== undefined) await stage.record('idle_chosen', `the first entry of ${command} was chosen`);
      await stage.end();
    }
  },
  /** many put the first message into the title */
  async titles(stage) {
    for (const exchange of [exchanges.busyTitle, exchanges.dialogTitle]) {
      await stage.ready();
      await stage.ask(exchange);
      await delay(1500);
      await stage.record('busy_titled', `text comes in, first message: ${exchange.prompt}`, {
        stillTrue: stage.isAnswering,
      });
      await stage.settled();
      await stage.record('finished', `look-alike: the first message is ${exchange.prompt}`);
      await stage.end();
    }
  },
  async failing(stage) {
    await stage.ask(exchanges.failing);
    await delay(2500);
    const before = stage.agent.calls().length;
    const entries = await stage.record('error_retrying', 'HTTP 500 from the model, tried again', { frames: 6 });
    let seen = before;
    let since = Date.now();
    const startedAt = since;
    while (Date.now() - since < 12_000 && Date.now() - startedAt < 40_000) {
      await delay(500);
      if (stage.agent.calls().length > seen) since = Date.now();
      seen = stage.agent.calls().length;
    }
    say(`  calls: ${before} at 2.5 s, ${seen} ${Math.round((Date.now() - startedAt) / 1000)} s later`);
    // the pause between two tries may be longer than this: then something still turns
    if (seen === before && (await stage.standsStill())) {
      drop(stage.out, entries);
      await stage.record('error', 'HTTP 500 from the model, the turn is over');
    } else if (Date.now() - since >= 12_000 && (await stage.standsStill())) {
      await stage.record('error', 'HTTP 500 from the model, given up after retries');
    } else
      await stage.record('error_retrying', 'HTTP 500 from the model, later: a long pause between two tries', {
        frames: 2,
      });
    await stage.end();
  },
  async refused(stage) {
    await stage.ask(exchanges.refused);
    await delay(2000);
    await stage.settled();
    // Claude Code stands still for two seconds before it tells
    await stage.agent.waitUntilIdle(20_000).catch(() => {});
    await stage.record('error', 'HTTP 400 from the model');
    await stage.end();
  },
  async spinner_output(stage) {
    await stage.ask(exchanges.spinnerOutput);
    if (!(await stage.hasRun())) {
      await delay(700);
      await stage.agent.press(...stage.keys.approve);
      await waitFor('the result is in', stage.isToolDone, { limitMs: 20_000 });
    }
    await stage.settled();
    await stage.record('finished', 'look-alike: a tool printed old spinner lines');
  },
  quotes_busy: ends('finished', exchanges.quotesBusy, 'look-alike: the answer quotes busy lines'),
  braille: ends('finished', exchanges.braille, 'look-alike: lines of the answer begin with braille characters'),
  protocol: ends('finished', exchanges.protocol, 'look-alike: the answer documents the request block in a code fence'),
  /** `?` in an empty composer */
  async help(stage) {
    await stage.agent.press('?');
    await stage.agent.waitForScreen(/close help/);
    await delay(700);
    await stage.record('dialog_help', 'a question mark typed: the help is open above an empty composer');
    await stage.agent.press('Escape');
    await stage.settled();
  },
  /** `!` in an empty composer */
  async shell_mode(stage) {
    await stage.agent.press('!');
    await delay(1500);
    await stage.record('unknown', 'an exclamation mark typed: what is written now runs in a shell');
    await stage.end();
  },
  /** one of the two Escapes that interrupt: half a second later it is forgotten */
  async escaped_once(stage) {
    await stage.ask(exchanges.streaming);
    const note = 'one Escape while text comes in';
    const recording = stage.record('busy_escaped', note, { frames: 8, stillTrue: stage.isAnswering });
    for (let presses = 0; presses < 7; presses++) {
      await delay(700);
      await stage.agent.press('Escape');
    }
    await recording;
    await stage.settled();
  },
  async asks(stage) {
    await stage.ask(exchanges.asking);
    await stage.agent.waitForScreen(/SQLite[\s\S]*enter/i);
    await delay(900);
    await stage.record('dialog_question', 'the model asks its user to choose');
    await stage.end();
  },
  /** a command that opens a list of models */
  async picker(stage) {
    const command = stage.program === 'grok' ? '/models' : '/model';
    await stage.typed(command);
    await stage.agent.press('Enter');
    // from its list of commands grok takes the name first
    if (stage.program === 'grok') {
      await delay(900);
      await stage.agent.press('Enter');
    }
    await delay(1500);
    await stage.record('dialog_picker', 'a model is to be chosen');
    await stage.end();
  },
  /** the words of a refusal are typed into a box that looks like the composer's */
  async feedback(stage) {
    await stage.ask(exchanges.denied);
    await stage.approvalOpen();
    await stage.agent.press('Up');
    await delay(300);
    await stage.agent.press('Enter');
    await delay(900);
    await stage.record('dialog_feedback', 'why it was denied is to be typed');
    await stage.end();
  },
  /** the last option of an approval asks for words */
  async telling(stage) {
    await stage.ask(exchanges.denied);
    await stage.approvalOpen();
    await stage.agent.press('Up');
    await delay(900);
    await stage.record('approval', 'the last option is marked');
    await stage.agent.press('Enter');
    await delay(1500);
    await stage.record('dialog_feedback', 'what is to be done differently is to be typed');
    await stage.end();
  },
  /** the model is asked again after a denial */
  async denied_on(stage) {
    await stage.ask(exchanges.deniedOn);
    await stage.approvalOpen();
    await stage.agent.press(...stage.keys.deny);
    await stage.callsMore(1).catch(() => {});
    await delay(800);
    await stage.record('busy_denied', 'denied: the model was asked again and has sent nothing yet', {
      frames: 2,
      stillTrue: stage.isAnswering,
    });
    await delay(5500);
    await stage.record('busy_denied', 'denied: the answer comes in', { frames: 3, stillTrue: stage.isAnswering });
    await stage.settled();
    await stage.record('denied', 'denied, and the answer is out');
  },
  /** broken off before anything has come */
  async stopped_waiting(stage) {
    await stage.ask(exchanges.waiting);
    await delay(2000);
    for (const key of stage.keys.interrupt) await stage.agent.press(key);
    await delay(900);
    await stage.record('unknown', `${stage.keys.interrupt.join(', ')} before anything had come`, {
      frames: 2,
      stillTrue: stage.isAnswering,
    });
    await stage.settled();
    await stage.record('interrupted', `${stage.keys.interrupt.join(', ')} before anything had come, later`);
  },
  async quotes_own(stage) {
    for (const exchange of stage.quotes) {
      await stage.ask(exchange);
      await stage.settled();
      await stage.record('finished', `look-alike: ${exchange.prompt.toLowerCase().replace('your', 'its')}`);
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
async function play(stage: Stage, { start, acts }: OwnScene): Promise<void> {
  for (const act of acts) {
    if ('ask' in act) stage.exchanges.push(act.ask);
    else if ('knows' in act) stage.exchanges.push(act.knows);
  }
  await stage.launch(start);
  await stage.agent.waitUntilIdle(180_000);
  await stage.settled();
  try {
    for (const act of acts) await perform(stage, act);
  } finally {
    await stage.end();
  }
}

async function perform(stage: Stage, act: Act): Promise<void> {
  if ('ask' in act) await stage.ask(act.ask);
  else if ('knows' in act) return;
  else if ('type' in act) await stage.typed(act.type);
  else if ('paste' in act) {
    await stage.agent.paste(act.paste);
    await delay(900);
  } else if ('press' in act) {
    for (const key of act.press) {
      await stage.agent.press(key);
      await delay(300);
    }
  } else if ('waitMs' in act) await delay(act.waitMs);
  else if ('sees' in act) {
    await stage.agent.waitForScreen(act.sees);
    await delay(700);
  } else if ('asked' in act) await stage.callsMore(act.asked);
  else if ('settled' in act) await stage.settled();
  else {
    const { record, note, frames = 1, answering, asks } = act;
    const look = { frames, ...(answering ? { stillTrue: stage.isAnswering } : {}) };
    const entries = await stage.record(record, note, look);
    if (asks !== undefined) noteAsked(stage.out, entries, asks);
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
  const stage = new Stage(program, [Number(size[1]), Number(size[2])], values.out, values);
  let failed = 0;
  process.once('SIGTERM', () => void stage.stop().finally(() => process.exit(143)));
  try {
    for (const name of wanted) {
      if (program !== 'qwen' && name === 'pasting') continue;
      if (program !== 'gemini' && name === 'restarting') continue;
      if (program === 'pi' && ['denied', 'wide', 'commands', 'files', 'pasted'].includes(name)) continue;
      if (!own.includes(name) && ofOthers(program).has(name)) continue;
      say(`${program} ${values.size} ${name}`);
      stage.setScene(name);
      try {
        const ownScene = ownScenes?.({ workingFolder: stage.nextFolder })[name];
        if (ownScene !== undefined) {
          await play(stage, ownScene);
          continue;
        }
        if (!['start', 'startup_dialog', 'restarting'].includes(name)) await stage.ready();
        await scenes[name]!(stage);
      } catch (fault) {
        failed++;
        say(`  failed: ${String(fault)}`);
        await stage.end();
      }
    }
  } finally {
    await stage.stop();
  }
  if (failed > 0) process.exitCode = 1;
}

await run();
