import type { Command } from 'commander';
import { unseenInWords } from '../agent-programs/agent-program.ts';
import { ExitCode } from '../core/failure.ts';
import { type PaneFacts, type Snapshot, synchronizedInWords } from '../core/pane.ts';
import { because, isReady, mayComeToRest, type Reading } from '../core/reading.ts';
import { versionOf } from '../host/program-version.ts';
import type { Panes } from '../panes/panes.ts';
import { act, withOptions } from './context.ts';
import { aim, describePane, lookerToRead } from './pane.ts';
import { pausesByPane } from './pauses.ts';

/** Long enough for the slowest program's quiet time; a busy agent shows itself well before. */
const settleLimitMs = 2600;

export function registerStatus(command: Command): void {
  command.option('--exit-code', 'exit 0 when idle, 1 for anything else');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const { known, pane } = await aim(context, lookerToRead);
      const settled = await settle(known, pane);
      const reading = settled?.reading;
      const state = reading?.state ?? 'exited';
      const version = settled === null ? null : versionIn(known, settled.snapshot);
      const ready = reading !== undefined && isReady(reading);
      const paused = (await pausesByPane(context))(pane);
      const synchronized = settled?.snapshot.facts.synchronized === true;
      const text = reading
        ? `${reading.state}${reading.composer.is === 'draft' ? ' (a draft is in the composer)' : ''}  ${reading.agent}  ${pane.paneId}: ${because(reading)}${paused === null ? '' : `\npaused: ${paused}`}${synchronized ? `\nheld: ${synchronizedInWords}` : ''}${version === null ? '' : `\nversion: ${version.shown}${version.note === null ? '' : `, ${version.note}`}`}`
        : `exited  ${pane.paneId}: the pane has closed`;
      context.out.result(text, {
        ...describePane(pane),
        state,
        ready,
        agent: reading?.agent ?? null,
        version: version?.shown ?? null,
        versionNote: version?.note ?? null,
        composer: reading?.composer ?? null,
        dialog: reading?.dialog ?? null,
        why: reading?.why ?? [],
        paused,
        synchronized,
      });
      if (command.opts().exitCode !== true) return ExitCode.done;
      return state === 'idle' ? ExitCode.done : ExitCode.failed;
    }),
  );
}

/** The version of the agent program in a pane, and what is to be said of it. Null where none is known. */
export function versionIn(
  known: Panes,
  snapshot: Snapshot,
): { readonly shown: string; readonly note: string | null } | null {
  const { program, identity } = snapshot;
  const { agentPid } = identity;
  const shown = agentPid === null || program === null ? null : versionOf(agentPid, program);
  return shown === null ? null : { shown, note: unseenInWords(known.agentProgram(snapshot), shown) };
}

/** Looks until the reading is one that more time cannot change, or the limit has passed. */
export async function settle(known: Panes, pane: PaneFacts): Promise<{ snapshot: Snapshot; reading: Reading } | null> {
  const startedAt = Date.now();
  for (;;) {
    const snapshot = await known.look(pane);
    if (snapshot === null) return null;
    const reading = known.read(snapshot);
    // a program that nobody knows reads the same however long it rests
    if (known.agentProgram(snapshot).screen.quietStepsMs.length === 0) return { snapshot, reading };
    const isUndecided = reading.state !== 'starting' && mayComeToRest(reading);
    const open = isUndecided && ['agent', 'program'].includes(snapshot.foreground);
    if (!open && known.motion(snapshot).quietForMs > 100) return { snapshot, reading };
    if (Date.now() - startedAt > settleLimitMs) return { snapshot, reading };
    await known.nextRing(pane, 120);
  }
}
