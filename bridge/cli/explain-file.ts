import { lstatSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { AgentProgram } from '../agent-programs/agent-program.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import type { Snapshot } from '../core/pane.ts';
import type { Reading } from '../core/reading.ts';
import {
  type RecordingEntry,
  recordedProgram,
  recordingOf,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../recordings/recording.ts';
import { rejectedEvidence } from '../screen/rejected-evidence.ts';
import type { Context } from './context.ts';
import type { Explained } from './explanation.ts';

const maxBytes = 4 * 1024 * 1024;

/** What a recorded screen reads as: no bridge is asked. */
export function explainFile({ config }: Context, file: string): Explained {
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
    throw usageError('explain', file, 'no manifest.json names it', 'say who drew it: --agent codex, gemini, …');
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
