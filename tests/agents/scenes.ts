import type { ModelCall, ModelStep } from './directives.ts';
import { requestBlock } from './directives.ts';

/** What the model does when it is asked this, and once the tool it called has answered. */
export interface Exchange {
  readonly prompt: string;
  readonly steps: readonly ModelStep[] | ((call: ModelCall) => readonly ModelStep[]);
  readonly after?: readonly ModelStep[];
}

const counting = 'for n in 1 2 3 4 5 6 7 8; do echo "step $n of 8"; sleep 1; done';

const prose = `The queue is drained by one worker that takes the oldest job first and marks it as running before it begins. When the worker stops in the middle, the mark stays, and the next start gives such jobs back after ten minutes. Nothing else writes to that table, so a lock is not needed here. The retry counter is kept beside the job and is raised on each failure; after five failures the job is set aside and named in the daily report. `;

const markdown = `## What I changed

The retry now **doubles its pause** after each failure, and stops at \`maxTries\`.

\`\`\`ts
export async function retry(work: () => Promise<void>, maxTries = 5) {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (fault) {
      if (tries >= maxTries) throw fault;
    }
  }
}
\`\`\`

1. \`retry.ts\` holds the loop
2. \`queue.ts\` calls it
   - for the send
   - for the acknowledgement

| file | lines | tested |
|---|---|---|
| retry.ts | 12 | yes |
| queue.ts | 40 | yes |

> The old constant is gone.

All 14 tests pass.`;

const long = Array.from(
  { length: 70 },
  (_, index) => `${index + 1}. Step ${index + 1} moves one table and checks its rows.`,
);

export const exchanges = {
  short: { prompt: 'Which port does the service use?', steps: [{ say: 'It listens on port 8080.' }] },
  markdown: { prompt: 'Summarise the retry change', steps: [{ say: markdown }] },
  long: { prompt: 'List every step of the migration', steps: [{ say: long.join('\n') }] },
  prose: { prompt: 'Explain the queue in detail', steps: [{ say: [prose, prose, prose].join('\n\n') }] },
  question: {
    prompt: 'Plan the storage layer',
    steps: [
      {
        say: 'I read both modules. Either way works.\n\nShould I use approach A (refactor first) or approach B (patch in place)?',
      },
    ],
  },
  request: {
    prompt: 'Set up the database',
    steps: [
      {
        say: `I need a decision before I go on.\n\n${requestBlock('Which database should the service use?\n- sqlite\n- postgres')}`,
      },
    ],
  },
  requestWithId: {
    prompt: 'Choose the cache',
    steps: [
      {
        say: `${requestBlock('The cache can be dropped or kept for a day:\n- drop it now\n- keep it for a day\n\nI would keep it.', ' id=cache-1')}`,
      },
    ],
  },
  waiting: { prompt: 'Think about the schema first', steps: [{ hang: 7000 }, { say: 'The schema is fine.' }] },
  thinking: {
    prompt: 'Weigh both designs',
    steps: [
      { slow: 7000, think: `**Weighing the designs**\n\n${prose}${prose}` },
      { say: 'The second design is simpler.' },
    ],
  },
  streaming: { prompt: 'Describe the importer', steps: [{ slow: 8000, say: `${prose}\n\n${prose}` }] },
  stopped: { prompt: 'Describe the exporter', steps: [{ slow: 12_000, say: `${prose}\n\n${prose}` }] },
  queueing: { prompt: 'Describe the scheduler', steps: [{ slow: 9000, say: `${prose}\n\n${prose}` }] },
  queued: { prompt: 'And the dispatcher too, please', steps: [{ say: 'The dispatcher hands jobs out.' }] },
  tool: {
    prompt: 'Run the slow check',
    steps: [{ say: 'I will run it.' }, { run: counting, escalate: true }],
    after: [{ say: 'All eight steps passed.' }],
  },
  output: {
    prompt: 'Show me the numbers',
    steps: [{ run: 'seq 1 12', escalate: true }],
    after: [{ say: 'The numbers run from 1 to 12.' }],
  },
  denied: {
    prompt: 'Make the marker file',
    steps: [{ run: 'touch marker-file', escalate: true }],
    after: [{ say: 'The command was not run.' }],
  },
  wide: {
    prompt: 'Clean up the build',
    steps: [
      {
        run: 'rm -rf build/cache build/output build/reports\nmkdir -p build/cache && echo "fresh build folder made by the cleaning step of the release" > build/README\nls -la build',
        escalate: true,
      },
    ],
    after: [{ say: 'The command was not run.' }],
  },
  deniedOn: {
    prompt: 'Make the second marker file',
    steps: [{ run: 'touch second-marker', escalate: true }],
    after: [{ hang: 5000 }, { slow: 5000, say: `${prose}\n\nThe command was not run.` }],
  },
  asking: {
    prompt: 'Let me choose the store',
    steps: [
      {
        call: 'ask_user',
        args: {
          message: 'Which store should the service use?',
          requestedSchema: { type: 'object', properties: { choice: { type: 'string', enum: ['SQLite', 'Postgres'] } } },
        },
      },
    ],
    after: [{ say: 'So it is.' }],
  },
  busyTitle: { prompt: '⠹ Build the index | shop', steps: [{ slow: 5000, say: `${prose}\n\n${prose}` }] },
  dialogTitle: { prompt: '[ ! ] Action Required | shop', steps: [{ slow: 5000, say: `${prose}\n\n${prose}` }] },
  failing: { prompt: 'Ask the broken model', steps: [{ error: 500 }] },
  refused: { prompt: 'Ask with a wrong parameter', steps: [{ error: 400 }] },
  spinnerOutput: {
    prompt: 'Show the saved progress',
    steps: [
      {
        run: "printf '\\342\\240\\213 Working... (12s, esc to interrupt)\\n\\342\\240\\231 Thinking... (esc to cancel, 13s)\\nsaved\\n'",
        escalate: true,
      },
    ],
    after: [{ say: 'That is the progress the last run saved.' }],
  },
  quotesBusy: {
    prompt: 'Tell how the old tool shows that it works',
    steps: [
      {
        say: 'It prints one line while it works:\n\n• Working (12s • esc to interrupt)\n\nor, when it thinks, `Thinking... (esc to cancel, 12s)`. Press esc to interrupt it.\n\nWorking…',
      },
    ],
  },
  braille: {
    prompt: 'Print the spinner frames',
    steps: [
      {
        say: 'The frames in order:\n\n```\n⠋ Loading\n⠙ Loading\n⠹ Working...\n```\n\n⠸ is the fourth.\n\n⠼ Working...',
      },
    ],
  },
  protocol: {
    prompt: 'Document the request block',
    steps: [
      {
        say: `A worker asks its controller with a block:\n\n\`\`\`\n${requestBlock('What you need, in a few lines.\n- one choice\n- another choice')}\n\`\`\`\n\nThe two marks stand alone on their lines.`,
      },
    ],
  },
} as const satisfies Record<string, Exchange>;

/** Plays the exchange whose prompt is in the message; `more` holds those made up while recording. */
export function playing(more: () => readonly Exchange[]): (call: ModelCall) => readonly ModelStep[] {
  return (call) => {
    const { message, toolResult } = call;
    const all: readonly Exchange[] = [...Object.values(exchanges), ...more()];
    const exchange = all.find(({ prompt }) => message.includes(prompt));
    if (exchange === undefined) return [{ say: 'Noted.' }];
    if (toolResult !== null) return exchange.after ?? [{ say: 'Done.' }];
    return typeof exchange.steps === 'function' ? exchange.steps(call) : exchange.steps;
  };
}
