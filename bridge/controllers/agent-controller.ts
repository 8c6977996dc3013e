import { join } from 'node:path';
import type { ControllerProgram, ControllerRun } from '../agent-programs/controller-program.ts';
import type { Question, Reply } from '../core/controller.ts';
import { messageOf } from '../core/failure.ts';
import { type ChildEnd, runChild } from './child.ts';
import type { Controller } from './controller.ts';
import {
  answered,
  environmentFor,
  failureOf,
  folderProblem,
  type ProgramSetting,
  promptFor,
  unavailable,
} from './program.ts';
import { emptyFolder, readWrittenAnswer, withScratch } from './scratch.ts';

const answerLimit = 1_000_000;
const surveyLimitMs = 20_000;
/** as much as is kept of stderr */
const printedLimit = 4_000;

export interface AgentSetting extends ProgramSetting {
  readonly model: string | null;
  readonly extraArgs: readonly string[];
  /** one conversation per worker, as long as this controller lives, where the program can */
  readonly resume: boolean;
}

interface Place {
  readonly folder: string;
  readonly answerFile: string;
}

/** An agent program as a controller: started for one question, read-only, ended with it. */
export class AgentController implements Controller {
  readonly name: string;
  readonly #cli: ControllerProgram;
  readonly #setting: AgentSetting;
  /** worker → the conversation about it; absent while a question of it is under way, so that none is used twice at once */
  readonly #sessions = new Map<string, string>();

  constructor(program: string, cli: ControllerProgram, setting: AgentSetting) {
    this.name = program;
    this.#cli = cli;
    this.#setting = setting;
  }

  async ask(question: Question, signal: AbortSignal): Promise<Reply> {
    const problem = this.#setting.isolated ? null : await folderProblem(question.workingFolder);
    if (problem !== null) return unavailable(problem);
    return withScratch(this.#setting.scratchRoot, async (scratch) => {
      const inWorker = this.#cli.runsIn === 'worker' && !this.#setting.isolated;
      const folder = inWorker ? question.workingFolder : await emptyFolder(this.#setting.scratchRoot, scratch);
      return this.#converse(question, { folder, answerFile: join(scratch, 'answer.txt') }, signal);
    });
  }

  /** Goes on with the conversation about this worker; a conversation that cannot be resumed is begun anew, once. */
  async #converse(question: Question, place: Place, signal: AbortSignal): Promise<Reply> {
    const surveyed = await this.#survey(question, place, signal);
    if (typeof surveyed === 'string') return unavailable(surveyed);
    const session = this.#sessions.get(question.worker) ?? null;
    this.#sessions.delete(question.worker);
    const first = await this.#run(question, place, surveyed, session, signal);
    const lost = session !== null && first.session === null && first.end.is === 'exited' && first.end.code !== 0;
    const last = lost ? await this.#run(question, place, surveyed, null, signal) : first;
    if (this.#setting.resume && last.session !== null) this.#sessions.set(question.worker, last.session);
    return failureOf(last.end, this.name, this.#setting.timeoutMs) ?? this.#answer(last.end, place);
  }

  async #run(
    question: Question,
    place: Place,
    surveyed: readonly string[],
    session: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly end: ChildEnd; readonly session: string | null }> {
    const run: ControllerRun = {
      model: this.#setting.model,
      extraArgs: this.#setting.extraArgs,
      isolated: this.#setting.isolated,
      repository: this.#setting.isolated ? place.folder : question.workingFolder,
      answerFile: place.answerFile,
      remember: this.#setting.resume,
      session,
      surveyed,
    };
    let readSession: string | null = null;
    let fault: string | null = null;
    const onLine = (line: string) => {
      const read = this.#cli.readLine?.(line);
      readSession = read?.session ?? readSession;
      fault = read?.fault ?? fault;
    };
    const end = await runChild(
      {
        file: this.name,
        args: this.#cli.args(run),
        folder: place.folder,
        environment: environmentFor(question, this.#setting, this.#cli.environment(run)),
        input: promptFor(question, this.#setting),
        timeoutMs: this.#setting.timeoutMs,
        clock: this.#setting.clock,
        ...(this.#cli.answersIn === 'file' ? { onLine } : {}),
      },
      signal,
    );
    return { end: withFault(end, fault ?? this.#printed(end)), session: readSession };
  }

  /** What a program that failed printed in place of an answer: claude says there that nobody is logged in. */
  #printed(end: ChildEnd): string | null {
    if (end.is !== 'exited' || end.code === 0 || this.#cli.answersIn !== 'stdout') return null;
    return end.stdout.toString('utf8').slice(-printedLimit);
  }

  async #answer(end: ChildEnd, place: Place): Promise<Reply> {
    if (end.is !== 'exited') return unavailable(end.is);
    if (this.#cli.answersIn === 'stdout') return answered(end.stdout);
    const answer = await readWrittenAnswer(place.answerFile, answerLimit);
    if (answer === 'too-large') return unavailable(`${this.name} wrote more than a megabyte, which is no answer`);
    if (answer === 'not-a-file') return unavailable(`${this.name} left a link or a pipe where its answer should be`);
    return answered(answer);
  }

  /** @returns what was found, or why the program cannot be asked safely */
  async #survey(question: Question, place: Place, signal: AbortSignal): Promise<readonly string[] | string> {
    const { survey } = this.#cli;
    if (survey === undefined) return [];
    const args = survey.args(this.#setting.isolated ? place.folder : question.workingFolder);
    const end = await runChild(
      {
        file: this.name,
        args,
        folder: place.folder,
        environment: environmentFor(question, this.#setting),
        input: '',
        timeoutMs: surveyLimitMs,
        clock: this.#setting.clock,
      },
      signal,
    );
    if (end.is === 'not-started') return end.reason;
    if (end.is !== 'exited' || end.code !== 0)
      return `${this.name} does not list its MCP servers, so they cannot be switched off`;
    try {
      return survey.read(end.stdout.toString('utf8'));
    } catch (fault) {
      return `${this.name} lists its MCP servers in a form that cannot be read: ${messageOf(fault)}`;
    }
  }
}

/** The fault stands last, where its last line is told. */
function withFault(end: ChildEnd, fault: string | null): ChildEnd {
  return end.is === 'exited' && fault !== null ? { ...end, stderr: `${end.stderr}\n${fault}` } : end;
}
