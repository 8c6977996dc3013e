import { describe, expect, test } from 'vitest';
import { codex } from '../../bridge/agent-programs/codex/index.ts';
import { type DetectorState, firstState, step } from '../../bridge/screen/detector.ts';
import { snapshotOf } from './snapshots.ts';

const height = 24;
const dim = (text: string) => `\x1b[2m${text}\x1b[0m`;
const tint = (text: string) => `\x1b[48;2;68;68;68m${text}\x1b[49m`;
const input = (text: string) => [
  tint(' '),
  `\x1b[1;2m\x1b[48;2;68;68;68m› \x1b[0m\x1b[48;2;68;68;68m${text}\x1b[49m`,
  tint(' '),
  '',
];
const words = (first: string, ...more: string[]) => [`${dim('• ')}${first}`, ...more.map((line) => `  ${line}`), ''];
const asked = (...lines: string[]) => words('<<CONTROLLER_REQUEST>>', ...lines, '<<CONTROLLER_REQUEST_END>>');
const bottom = ['\x1b[1m›\x1b[0m \x1b[2mAsk Codex to do anything\x1b[0m', '', '  model · /home/ada/work'];

/** What codex draws: as much of the transcript as fits, its end at the bottom. */
function frame(...transcript: string[][]): string[] {
  const room = height - bottom.length;
  const lines = transcript.flat().slice(-room);
  return [...lines, ...Array.from({ length: room - lines.length }, () => ''), ...bottom];
}

/** Half of the new frame over half of the old one, as a capture in the middle of drawing shows it. */
const torn = (before: string[], after: string[], rows: number) => [...after.slice(0, rows), ...before.slice(rows)];

class Pane {
  state: DetectorState = firstState;
  at = 1000;
  readonly seen: string[] = [];
  readonly turns: number[] = [];

  look(lines: string[], title: string): void {
    this.at += 25;
    const snapshot = snapshotOf(lines, {
      at: this.at,
      title,
      alternateScreen: true,
      cursorX: 2,
      cursorY: height - 3,
      height,
    });
    const reading = codex.screen.read(snapshot, { quietForMs: 5000, signals: {} });
    const next = step(this.state, { reading, snapshot });
    this.state = next.state;
    for (const event of next.events) {
      if (event.type === 'turn-began') this.turns.push(event.turn.number);
      if (event.type === 'request-seen') this.seen.push(event.detection.text);
    }
  }
}

const question = ['Which database', 'should it be', 'for one user?'];
const story: Array<[name: string, frames: Array<[lines: string[], title: string]>, seen: string[]]> = [
  [
    'words follow the request',
    [
      [frame(input('go'), words('So.')), '⠋ work'],
      [frame(input('go'), words('So.'), asked(...question)), '⠙ work'],
      [frame(input('go'), words('So.'), asked(...question), [dim('  Worked for 7s • 17:53'), '']), 'work'],
    ],
    [question.join('\n')],
  ],
  [
    'the next input pushes the request up',
    [
      [
        frame(
          input('a'),
          words(...(Array.from({ length: 14 }, (_, at) => `line ${at}`) as [string])),
          asked(...question),
        ),
        'work',
      ],
      [
        frame(
          input('a'),
          words(...(Array.from({ length: 14 }, (_, at) => `line ${at}`) as [string])),
          asked(...question),
          input('SQLite.'),
        ),
        '⠋ work',
      ],
      [
        frame(
          input('a'),
          words(...(Array.from({ length: 14 }, (_, at) => `line ${at}`) as [string])),
          asked(...question),
          input('SQLite.'),
          words('Done.'),
        ),
        'work',
      ],
    ],
    [question.join('\n')],
  ],
  [
    'a request of one line, shifted by one row',
    [
      [frame(words(...(Array.from({ length: 16 }, (_, at) => `line ${at}`) as [string])), asked('Proceed?')), 'work'],
      [
        frame(words(...(Array.from({ length: 16 }, (_, at) => `line ${at}`) as [string])), asked('Proceed?'), ['']),
        'work',
      ],
      [
        frame(words(...(Array.from({ length: 16 }, (_, at) => `line ${at}`) as [string])), asked('Proceed?'), ['', '']),
        'work',
      ],
    ],
    ['Proceed?'],
  ],
  [
    'the same is asked again in the next turn',
    [
      [frame(input('a'), words('x'), asked('Proceed?')), 'work'],
      [frame(input('a'), words('x'), asked('Proceed?'), input('yes')), '⠋ work'],
      [frame(input('a'), words('x'), asked('Proceed?'), input('yes'), asked('Proceed?')), 'work'],
    ],
    ['Proceed?', 'Proceed?'],
  ],
];

describe.each(story)('while %s', (_, frames, expected) => {
  test.each(Array.from({ length: height }, (_, at) => at))(
    'a frame torn at row %i raises nothing of its own',
    (row) => {
      const pane = new Pane();
      pane.look(frame(), 'work');
      for (const [at, [lines, title]] of frames.entries()) {
        const before = frames[at - 1];
        if (before) for (const seenTitle of [before[1]]) pane.look(torn(before[0], lines, row), seenTitle);
        for (let look = 0; look < 4; look++) pane.look(lines, title);
      }
      expect(pane.seen).toEqual(expected);
    },
  );
});
