import { expect, test } from 'vitest';
import { type Mutant, mutationsOf, type Sample } from '../../bench/score/mutations.mjs';
import { isReady, type Reading } from '../../bridge/core/reading.ts';
import { recordedProgram, still } from '../../bridge/recordings/recording.ts';
import { expectationOf, judgeReading } from '../../bridge/recordings/recording-labels.ts';
import { findRequests } from '../../bridge/screen/blocks.ts';
import { allRecorded, snapshotOfRecorded } from './snapshots.ts';

/** A screen that is misread as it stands is the score's to tell; its variants would only repeat it. */
const samples: Sample[] = allRecorded.flatMap((entry) => {
  const snapshot = snapshotOfRecorded(entry);
  const reading = recordedProgram(entry.agent).screen.read(snapshot, still);
  const expected = expectationOf(entry.state)!;
  return judgeReading(reading, expected) === 'right' ? [{ entry, snapshot, reading, expected }] : [];
});

interface Read {
  readonly sample: Sample;
  readonly mutant: Mutant;
  readonly reading: Reading;
}

const mutants: Read[] = samples.flatMap((sample) =>
  mutationsOf(sample, samples).map((mutant) => ({
    sample,
    mutant,
    reading: recordedProgram(sample.entry.agent).screen.read(mutant.snapshot, still),
  })),
);

const namesOf = (some: readonly Read[]) => some.map(({ sample, mutant }) => `${sample.entry.file} [${mutant.name}]`);
const isReadyWhenNot = ({ mutant, reading }: Read) => isReady(reading) && !mutant.mayBeReady;
const asksAnew = ({ sample, mutant, reading }: Read) =>
  mutant.noNewRequest && findRequests(reading.turn.words).length > findRequests(sample.reading.turn.words).length;

test('each recorded screen has at least ten meaner variants', () => {
  const counts = samples.map((sample) => mutants.filter((read) => read.sample === sample).length);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
});

test('no variant of a screen is ready where it is not', () => {
  expect(namesOf(mutants.filter((read) => isReadyWhenNot(read)))).toEqual([]);
});

test('what only speaks of a request raises none: in a tool’s output, in an echoed input, quoted, in a code fence', () => {
  expect(namesOf(mutants.filter((read) => asksAnew(read)))).toEqual([]);
});

test('a program that has ended to a shell reads so', () => {
  const others = mutants.filter(({ mutant, reading }) => mutant.promises === 'exited' && reading.state !== 'exited');
  expect(namesOf(others)).toEqual([]);
});

test('a variant whose label stays true reads as its label in at least 98 of 100', () => {
  const labelled = mutants.filter(({ mutant }) => mutant.promises === 'label');
  const wrong = labelled.filter(({ sample, reading }) => judgeReading(reading, sample.expected) !== 'right');
  expect(wrong.length / labelled.length, namesOf(wrong).join('\n')).toBeLessThan(0.02);
});

test('the mutations can be seen: quoted dialogs and added words are in the agent’s words, and not in others’', () => {
  const quoting = mutants.filter(({ mutant }) => mutant.name === 'german');
  expect(quoting.length).toBeGreaterThan(20);
  const unseen = quoting.filter(({ reading }) => !reading.turn.words.join(' ').includes('Möchten Sie'));
  expect(namesOf(unseen)).toEqual([]);
  const echoed = mutants.filter(({ mutant }) => mutant.name === 'request in an echoed input');
  expect(echoed.length).toBeGreaterThan(20);
  expect(namesOf(echoed.filter(({ reading }) => !reading.turn.inputs.join('\n').includes('Which port')))).toEqual([]);
});
