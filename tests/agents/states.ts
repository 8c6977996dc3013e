import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { AgentHarness } from './agent-harness.ts';
import { programs } from './programs/index.ts';

export interface AgentState {
  readonly size?: { readonly width: number; readonly height: number };
  /** what comes is held as long as it lasts: so long is waited, in milliseconds, and the agent stays as it is */
  readonly holdsMs?: number;
  /** brings the agent into it before each delivery */
  ready(harness: AgentHarness): Promise<void>;
}

const asItIs = async () => {};

/** Some try a refused request again and again, and are at work all the while. */
const errorLimitMs = 15_000;

/** It fits what a composer shows: cline's first screen has five rows of 66 columns, and of a longer draft the end. */
const story =
  'The queue is drained by one worker that takes the oldest job first and marks it before it begins. '.repeat(2);

/** What an agent may be in when a text comes, beside idle after a turn. */
export const states = {
  turn: { ready: asItIs },
  start: { ready: asItIs },
  '80x24': { size: { width: 80, height: 24 }, ready: asItIs },
  /** its own view, where it has one, moved up as by a person who reads */
  scrolled: {
    async ready({ agent }) {
      await agent.press('PageUp');
    },
  },
  /** tmux's copy mode, forgotten */
  'copy-mode': {
    async ready({ tmux, agent }) {
      await tmux.run('copy-mode', '-u', '-t', agent.paneId);
    },
  },
  busy: {
    ready: (harness) => working(harness, 4),
  },
  /** a person has begun to write */
  draft: {
    holdsMs: 3_000,
    async ready({ tmux, agent }) {
      if ((await agent.screen()).includes(draft)) return;
      await agent.waitUntilIdle();
      await tmux.run('send-keys', '-l', '-t', agent.paneId, draft);
      await agent.waitForScreen(new RegExp(draft));
    },
  },
  dialog: {
    holdsMs: 3_000,
    async ready(harness) {
      if (!harness.agent.approval.test(await harness.agent.screen())) await asking(harness);
    },
  },
  interrupted: {
    async ready(harness) {
      const { agent } = harness;
      await working(harness, 60);
      const isOver = () => agent.calls().every(({ ended }) => ended !== 'open');
      for (let tries = 0; tries < 3 && !isOver(); tries++) {
        for (const key of programs[agent.program].keys.interrupt) {
          await agent.press(key);
          await delay(300);
        }
        await waitFor('the answer is broken off', isOver, { limitMs: 5_000 }).catch(() => {});
      }
      if (!isOver())
        throw new Error(`${agent.program} goes on after its key of interruption:\n${await agent.screen()}`);
      harness.passOver();
    },
  },
  denied: {
    async ready(harness) {
      await asking(harness);
      await harness.agent.deny();
      await harness.agent.waitUntilIdle();
      harness.passOver();
    },
  },
  error: {
    async ready(harness) {
      const { agent } = harness;
      await agent.waitUntilIdle();
      await agent.type('ERROR 400:');
      await agent.waitUntilIdle(errorLimitMs).catch(() => {});
      harness.passOver('failed');
    },
  },
} as const satisfies Record<string, AgentState>;

export const draft = 'Rename the helper and then';

/** It works on an answer that takes so many seconds. */
async function working(harness: AgentHarness, seconds: number): Promise<void> {
  const { agent } = harness;
  await agent.waitUntilIdle();
  await agent.type(`SLOW ${seconds}: ${story}`);
  const isAtWork = async () => agent.calls().at(-1)?.ended === 'open' && !(await agent.isIdle());
  await waitFor('it is at work', isAtWork, { limitMs: 20_000, describe: () => agent.screen() });
  // a key of interruption that comes with the first frame is lost by some
  await delay(1_000);
  harness.passOver();
}

/** Its approval is open. */
async function asking(harness: AgentHarness): Promise<void> {
  const { agent } = harness;
  if (programs[agent.program].approval === null) throw new Error(`${agent.program} never asks before it acts`);
  await agent.waitUntilIdle();
  await agent.type('RUN ESCALATE: touch proof');
  await agent.waitForScreen(agent.approval);
  harness.passOver();
}

export type StateName = keyof typeof states;
