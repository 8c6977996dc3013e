// Reads every recorded screen, and judges the readings by their labels.
import { isReady } from '../../build/core/reading.js';
import {
  loadRecordings,
  recordedProgram,
  snapshotOfRecording,
  still,
  textOfRecording,
} from '../../build/recordings/recording.js';
import { expectationOf, judgeReading } from '../../build/recordings/recording-labels.js';
import { findRequests } from '../../build/screen/blocks.js';
import { isApprovedWhenNot, isMutantApprovedWhenNot, wholeSubject } from './approvals.mjs';
import { mutationsOf } from './mutations.mjs';

/** Rows of the screens whose readings are timed, and how often each is read. */
const timedRows = 50;
const timedRounds = 15;

/** Every recorded screen of a folder with what it reads as. `agent`: only that agent's. */
export function samplesOf(folder, agent) {
  return loadRecordings(folder)
    .filter(({ entry }) => agent === undefined || entry.agent === agent)
    .map((recording) => {
      const { entry } = recording;
      const snapshot = snapshotOfRecording(entry, textOfRecording(recording));
      const reading = recordedProgram(entry.agent).screen.read(snapshot, still);
      const expected = expectationOf(entry.state);
      const sample = { entry, snapshot, reading, expected, verdict: judgeReading(reading, expected) };
      return { ...sample, isApproved: isApprovedWhenNot(sample) };
    });
}

/** The five figures of some samples: rates from 0 to 1, `readyWhenNot` a count, milliseconds. */
export function figuresOf(samples) {
  const n = samples.length;
  const rate = (verdict) => (n === 0 ? 0 : samples.filter((sample) => sample.verdict === verdict).length / n);
  return {
    accuracy: rate('right'),
    readyWhenNot: samples.filter(({ verdict }) => verdict === 'ready-when-not').length,
    unknown: rate('unknown'),
    n,
    msPerReading: median(samples.flatMap(({ ms }) => ms ?? [])),
  };
}

/** Times the reading of each sample, its screen grown to 50 rows. */
export function timed(samples) {
  return samples.map((sample) => {
    const { screen } = recordedProgram(sample.entry.agent);
    const snapshot = grown(sample.snapshot);
    const times = [];
    for (let round = 0; round < timedRounds; round++) {
      const start = performance.now();
      screen.read(snapshot, still);
      times.push(performance.now() - start);
    }
    return { ...sample, ms: median(times) };
  });
}

/** The mutated screens as samples, judged by what each mutation promises. */
export function mutated(samples) {
  const known = new Set(samples.map(({ entry, reading }) => commandKey(entry.agent, wholeSubject(reading))));
  return samples.flatMap((sample) => {
    const requests = findRequests(sample.reading.turn.words).length;
    return mutationsOf(sample, samples).map((mutant) => {
      const reading = recordedProgram(sample.entry.agent).screen.read(mutant.snapshot, still);
      const isNew = mutant.noNewRequest && findRequests(reading.turn.words).length > requests;
      const verdict = verdictOf(mutant, reading, sample.expected);
      const judged = mutant.promises === 'label' || verdict === 'ready-when-not';
      const isApproved = isMutantApprovedWhenNot({
        entry: sample.entry,
        reading,
        keepsLabel: mutant.promises === 'label',
        before: wholeSubject(sample.reading),
        known: { has: (command) => known.has(commandKey(sample.entry.agent, command)) },
      });
      return {
        ...sample,
        snapshot: mutant.snapshot,
        reading,
        verdict,
        mutation: mutant.name,
        judged,
        isNew,
        isApproved,
      };
    });
  });
}

function commandKey(agent, command) {
  return JSON.stringify([agent, command]);
}

function verdictOf({ promises, mayBeReady }, reading, expected) {
  if (isReady(reading) && !mayBeReady) return 'ready-when-not';
  if (promises === 'label') return judgeReading(reading, expected);
  return promises === 'exited' && !['exited', 'unknown'].includes(reading.state) ? 'wrong' : 'right';
}

/** Taller, as by a longer transcript: rows of its own upper part once more above it. */
function grown(snapshot) {
  const missing = timedRows - snapshot.rows.length;
  if (missing <= 0) return snapshot;
  const upper = snapshot.rows.slice(0, Math.max(1, Math.floor(snapshot.rows.length / 2)));
  const more = Array.from({ length: missing }, (_, at) => upper[at % upper.length]);
  const { facts } = snapshot;
  return {
    ...snapshot,
    facts: { ...facts, height: facts.height + missing, cursorY: facts.cursorY + missing },
    rows: [...more, ...snapshot.rows],
    cursorRow: snapshot.cursorRow + missing,
  };
}

export function median(numbers) {
  if (numbers.length === 0) return 0;
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
