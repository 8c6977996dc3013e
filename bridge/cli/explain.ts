import { lstatSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { AgentProgram } from '../agent-programs/agent-program.ts';
import { BridgeError, ExitCode, messageOf, wrongUse } from '../core/failure.ts';
import type { PaneFacts, Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import { nameOf, type Panes } from '../panes/panes.ts';
import {
  type RecordingEntry,
  recordedProgram,
  recordingOf,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../recordings/recording.ts';
import { rejectedEvidence } from '../screen/rejected-evidence.ts';
import { act, type Context, withOptions } from './context.ts';
import { asValue, type Explained, render } from './explanation.ts';
import { choosePane, lookerToRead } from './pane.ts';
import { saveScreen, withSaveOptions } from './save-screen.ts';
import { settle } from './status.ts';

const maxBytes = 4 * 1024 * 1024;

const examples = `
Examples:
  bridge explain %3                            a live pane: what it reads, and which rows say so
  bridge explain tests/screens/codex/*/*.txt   recorded screens, with the manifest.json above them
  bridge explain screen.txt --agent gemini     any text file
  bridge explain %3 --save --state busy_tool   report a misread screen: a fixture with secrets masked`;

export function registerExplain(command: Command): void {
  command
    .argument('[target-or-file...]', 'a pane (%3, session:window.pane, label, …), or recorded screens (.txt, .ansi)')
    .addHelpText('after', examples);
  withSaveOptions(command);
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const save = saveScreen(command);
      const names = [...command.args, ...save.targets];
      if (save.isWanted && (names.length > 1 || names.some(isFile)))
        throw wrongUse('--save', names.join(' '), 'makes a fixture of one live pane');
      if (names.length === 0 || (names.length === 1 && !isFile(names[0]!))) {
        const { known, socketPath } = await lookerToRead(context);
        const pane = await (names.length === 0
          ? choosePane(context, known)
          : known.resolve(names[0]!, context.config.session));
        const explanation = await explainPane(known, pane);
        const program = context.config.agent ?? explanation.snapshot.program ?? 'unknown';
        return showOne(context, explanation, save.keep(pane, socketPath, program));
      }
      const all: Array<Explained | { readonly source: string; readonly fault: string }> = [];
      for (const name of names) all.push(await explainNamed(context, name));
      return showAll(context, all);
    }),
  );
}

/** A name that can only be a file, or is one. Pane names with a slash or such an ending are given by their %id. */
function isFile(name: string): boolean {
  return /[/\\]|\.(?:txt|ansi)$/.test(name) || lstatSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

async function explainNamed(context: Context, name: string): Promise<Explained | { source: string; fault: string }> {
  try {
    if (isFile(name)) return explainFile(context, name);
    const { known } = await lookerToRead(context);
    return await explainPane(known, await known.resolve(name, context.config.session));
  } catch (fault) {
    if (!(fault instanceof BridgeError) || fault.exitCode === ExitCode.wrongUse) throw fault;
    return { source: name, fault: messageOf(fault) };
  }
}

async function explainPane(known: Panes, pane: PaneFacts): Promise<Explained> {
  const settled = await settle(known, pane);
  if (settled === null)
    throw new BridgeError({ what: 'explain', target: pane.paneId, reason: 'the pane has just closed' });
  return explained(nameOf(pane), settled.snapshot, settled.reading, known.agentProgram(settled.snapshot), null);
}

function explainFile({ config }: Context, file: string): Explained {
  const chosen = config.agent === null ? null : recordedProgram(config.agent, config.agents);
  const recording = recordingOf(file);
  if (recording !== null) {
    const { entry } = recording;
    const snapshot = snapshotOfRecording(entry, textOfRecording(recording));
    const program = chosen ?? recordedProgram(entry.agent, config.agents);
    return explained(file, snapshot, program.screen.read(snapshot, still), program, entry.state);
  }
  const text = readText(file);
  if (chosen === null)
    throw wrongUse('explain', file, 'no manifest.json names it', 'say who drew it: --agent codex, gemini, …');
  const entry: RecordingEntry = { file: basename(file), agent: chosen.name, version: '', state: 'unlabelled' };
  const snapshot = snapshotOfRecording(entry, text);
  return explained(file, snapshot, chosen.screen.read(snapshot, still), chosen, null);
}

/** With what was considered and rejected, which only a person asks about. */
function explained(
  source: string,
  snapshot: Snapshot,
  reading: Reading,
  program: AgentProgram,
  label: string | null,
): Explained {
  return {
    source,
    snapshot,
    label,
    reading: { ...reading, rejected: rejectedEvidence(snapshot, reading, program.composer) },
  };
}

function readText(file: string): string {
  const found = lstatSync(file, { throwIfNoEntry: false });
  const reason =
    found === undefined
      ? 'does not exist'
      : !found.isFile()
        ? 'is not a file'
        : found.size > maxBytes
          ? 'is too large'
          : null;
  if (reason !== null) throw new BridgeError({ what: 'explain', target: file, reason });
  return readFileSync(file, 'utf8');
}

function showOne(
  { out }: Context,
  explanation: Explained,
  keep: () => { text: string; entry: unknown } | null,
): ExitCode {
  const saved = keep();
  const text = saved === null ? render(explanation) : `${render(explanation)}\n\n${saved.text}`;
  out.result(text, { ...asValue(explanation), ...(saved === null ? {} : { saved: saved.entry }) });
  return ExitCode.done;
}

/** One that cannot be read is said, and the others are shown all the same. */
function showAll({ out }: Context, all: ReadonlyArray<Explained | { source: string; fault: string }>): ExitCode {
  const read = all.filter((one) => 'reading' in one);
  for (const one of all) if ('fault' in one) out.warn(one.fault);
  out.result(
    read.map((one) => render(one)).join('\n\n'),
    all.map((one) => ('reading' in one ? asValue(one) : { source: one.source, error: one.fault })),
  );
  return read.length > 0 ? ExitCode.done : ExitCode.failed;
}
