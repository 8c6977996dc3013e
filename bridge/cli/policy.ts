import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { forProject } from '../config/config.ts';
import type { Config } from '../config/config-values.ts';
import { rulesOf } from '../config/rules.ts';
import { approvalIn } from '../core/approval.ts';
import { ExitCode, usageError } from '../core/failure.ts';
import { firstLine } from '../core/first-line.ts';
import { withEscapes } from '../core/look-alikes.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Dialog, Reading } from '../core/reading.ts';
import { readConfigFile } from '../host/config-file.ts';
import { repositoryOf } from '../host/repository.ts';
import {
  type Recording,
  recordedProgram,
  recordingOf,
  recordingsBelow,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../recordings/recording.ts';
import { decide, type PolicyDecision, type Rule, type Subject } from '../requests/policy.ts';
import { findRequests } from '../screen/blocks.ts';
import { firstTurnEndState, stepTurnEnd } from '../screen/turn-end-detector.ts';
import { act, type Context, withOptions } from './context.ts';
import { paint } from './output.ts';
import { registerPolicyTry } from './policy-try.ts';

/** What a screen is, who would decide, and what that would do. */
interface PolicyTrial {
  readonly file: string;
  readonly agent: string;
  readonly state: Reading['state'];
  readonly dialog: Dialog | null;
  /** what somebody would be asked; null where nothing on the screen asks */
  readonly asks: string | null;
  readonly decision: (PolicyDecision & { readonly line: number | null }) | null;
  /** in words */
  readonly would: string;
}

interface As {
  readonly worker: string;
  readonly repository: string | undefined;
  readonly at: number;
}

export function registerPolicy(policy: Command): void {
  registerTest(policy);
  registerPolicyTry(policy);
}

function registerTest(policy: Command): void {
  const command = policy
    .command('test')
    .argument('<file...>', 'recorded screens, or folders with a manifest.json of them')
    .description(
      'play recorded screens through the reader and the policy: which rule would decide, and what it would do',
    )
    .option('--agent <name>', 'the agent program of a screen that no manifest names')
    .option('--as <worker>', 'the name of the worker', 'worker')
    .option('--repository <folder>', 'the repository it works in')
    .option('--at <time>', 'when it asks, as 2026-11-20T09:30 (default: now)');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const flags = command.opts<{ as: string; repository?: string; at?: string }>();
      const at = flags.at === undefined ? Date.now() : Date.parse(flags.at);
      if (Number.isNaN(at))
        throw usageError('--at', String(flags.at), 'invalid: expected a time', 'for instance 2026-11-20T09:30');
      const as = { worker: flags.as, repository: flags.repository && resolve(flags.repository), at };
      const config = configHere(context);
      const rules = rulesOf(config);
      const trials = command.args
        .flatMap((path) => recordedScreens(path, context.config.agent))
        .map((screen) => tryOn(screen, rules, as as As, { ...context, config }));
      const asking = trials.filter(({ asks }) => asks !== null).length;
      const summary = `${trials.length} screens, ${asking} of them ask; ${rules.length} policy rules`;
      context.out.result([...trials.flatMap(describe), summary].join('\n'), trials);
      return ExitCode.done;
    }),
  );
}

/** As it counts for the workers of the project that one is in, trusted or not: nothing is decided here. */
function configHere({ config }: Context): Config {
  const file = join(repositoryOf(process.cwd()) ?? process.cwd(), 'bridge.yaml');
  const bytes = file === join(config.home, 'bridge.yaml') ? null : readConfigFile(file);
  return bytes === null ? config : forProject(config, { path: file, text: bytes.toString('utf8') });
}

function tryOn(
  { file, agent, snapshot }: RecordedScreen,
  rules: readonly Rule[],
  as: As,
  { config }: Context,
): PolicyTrial {
  const own = { agents: config.agents };
  const reading = recordedProgram(agent, own.agents).screen.read(snapshot, still);
  const { state, dialog } = reading;
  const block = findRequests(reading.turn.words).findLast(({ complete }) => complete);
  const isBlock = block !== undefined && state !== 'dialog';
  const about = isBlock ? { kind: 'request' as const, text: block.text } : raisedBy(reading, config);
  if (about === null) {
    return { file, agent: reading.agent, state, dialog, asks: null, decision: null, would: 'nothing asks' };
  }
  const { worker, repository, at } = as;
  const where = repository === undefined ? {} : { repository };
  const otherwise = config.mode === 'manual' ? 'human' : 'controller';
  const decision = block?.truncated
    ? ({ is: 'human', rule: null, why: 'part of it was never on a screen that was seen' } as const)
    : decide(rules, { ...about, agent: reading.agent, worker, ...where }, otherwise, at);
  const { ruleName }: PolicyDecision = decision;
  const line = decision.rule === null ? null : (config.policyPlaces[decision.rule]?.line ?? null);
  const asks =
    dialog === null
      ? firstLine(about.text)
      : `${dialog.kind}: ${dialog.subject ? withEscapes(dialog.subject.text) : dialog.question}`;
  return {
    file,
    agent: reading.agent,
    state,
    dialog,
    asks,
    // `row` is the older name of `ruleName`
    decision: { ...decision, line, ...(ruleName === undefined ? {} : { row: ruleName }) },
    would: wordsFor(decision, line),
  };
}

/** What a screen raises beside a block: its dialog, or how its turn ended. */
function raisedBy(reading: Reading, config: Config): Pick<Subject, 'kind' | 'text' | 'dialog'> | null {
  const { state, dialog, turn } = reading;
  if (state === 'dialog' && dialog !== null) return approvalIn(dialog);
  if (state !== 'idle') return null;
  const ended = { reading, turn: 1, words: turn.words, hasBlock: false, screen: [], at: 0 };
  const options = { heuristic: config.heuristic, lines: config.heuristicLines, stuckMs: 0 };
  return stepTurnEnd(firstTurnEndState, ended, options).detection;
}

function wordsFor(decision: PolicyDecision, line: number | null): string {
  const rule =
    decision.rule === null ? 'no policy rule' : `policy rule ${decision.rule + 1} (bridge.yaml:${line ?? 1})`;
  switch (decision.is) {
    case 'choose':
      return `${rule} would press ${decision.key ?? 'the arrow keys, then Enter'}: ${JSON.stringify(decision.option)}`;
    case 'answer':
      return `${rule} would answer: ${firstLine(decision.text)}`;
    case 'ignore':
      return `${rule} would ignore it`;
    default:
      return `${rule} decides: the ${decision.is} is asked${decision.why ? ` (${decision.why})` : ''}`;
  }
}

function describe({ file, agent, state, asks, would }: PolicyTrial): string[] {
  const head = `${paint('bold', file)}  ${agent} ${state}`;
  return asks === null ? [paint('dim', `${file}  ${agent} ${state}`)] : [`${head}  ${asks}`, `    ${would}`];
}

interface RecordedScreen {
  readonly file: string;
  readonly agent: string;
  readonly snapshot: Snapshot;
}

/** The recorded screens that a path names: a folder's, one that a manifest above it lists, or a bare one with `agent`. */
function recordedScreens(path: string, agent: string | null): RecordedScreen[] {
  const whole = resolve(path);
  const facts = statSync(whole, { throwIfNoEntry: false });
  if (!facts) throw usageError('policy test', path, 'no such file or folder');
  if (facts.isDirectory()) {
    const found = recordingsBelow(whole);
    if (found.length > 0) return found.map(screenOf);
    const next = 'name a folder whose manifest.json lists its screens, or one above which there is one';
    throw usageError('policy test', path, 'no manifest.json lists screens of this folder', next);
  }
  const recording = recordingOf(whole);
  if (recording !== null) return [screenOf(recording)];
  if (agent === null) {
    throw usageError(
      'policy test',
      path,
      'no manifest.json tells which agent drew it',
      'name its agent program with --agent',
    );
  }
  const entry = { file: basename(whole), agent, version: '', state: 'unknown' };
  return [screenOf({ folder: dirname(whole), entry })];
}

function screenOf(recording: Recording): RecordedScreen {
  const { entry } = recording;
  return { file: entry.file, agent: entry.agent, snapshot: snapshotOfRecording(entry, textOfRecording(recording)) };
}
