import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { home, tmux } from '../live/live-fixture.ts';
import { eachWrapperTestStartsWith, kept, scripts } from '../live/wrappers-fixture.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';

/** A real codex with the wrappers on its path. What its model decides is a table of the test. */
export function eachCodexTestStartsWith(): void {
  eachWrapperTestStartsWith();
  beforeEach(async () => {
    server = await modelServer((call) => answered(call));
  });
  afterEach(() => server.close());
}

let server: ModelServer;
let answered: (call: ModelCall) => readonly ModelStep[];

export const codex = (): Promise<RealAgent> =>
  startAgent('codex', {
    tmux,
    server,
    name: 'codex',
    args: ['--sandbox', 'danger-full-access', '--ask-for-approval', 'never'],
    beforeStart: ({ home: own }) => writeFileSync(join(own, '.bash_profile'), `PATH=${scripts}:$PATH\n`),
    environment: {
      PATH: [scripts, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      XDG_RUNTIME_DIR: tmux.folder,
      BRIDGE_HOME: home,
      ...filesOfComms(),
    },
  });

/** The codex under test has a home of its own, and these stay where the test looks. */
const filesOfComms = () => ({
  AGENT_COMMS_REGISTRY: kept('registry.json'),
  AGENT_COMMS_PROJECTS: kept('projects'),
  AGENT_COMMS_THREADS: kept('threads'),
  AGENT_COMMS_SPOOL: kept('spool'),
  AGENT_COMMS_LOG: kept('comms.log'),
});

/** The model runs one command after the other, each as it follows from what the one before printed. */
export function decides(commands: ReadonlyArray<(printed: string) => string>): void {
  let done = 0;
  answered = ({ message, toolResult }) => {
    if (!message.startsWith('Read ') && !message.startsWith('You are')) return [{ say: 'I wait.' }];
    const next = commands[done];
    done += 1;
    return next === undefined ? [{ say: 'All of it is done.' }] : [{ run: next(toolResult ?? ''), escalate: false }];
  };
}
