import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PaneId, RequestId, TurnId } from '../../bridge/core/ids.ts';
import { identityKey, type PaneIdentity } from '../../bridge/core/pane.ts';
import { doubtOf, type RequestState } from '../../bridge/core/request.ts';
import { somePane } from '../journal/samples.ts';
import { Crashed, CrashingJournal, ManualClock, type Outcome, Panes, settle } from '../messages/crashing-journal.ts';
import { origin, RequestsHarness } from './requests-harness.ts';

type Command =
  | { readonly do: 'open'; readonly worker: 0 | 1; readonly text: string; readonly via: 'screen' | 'ask' }
  | { readonly do: 'answer'; readonly which: number; readonly by: string; readonly text: string }
  | { readonly do: 'fail' | 'dismiss' | 'confirm' | 'again'; readonly which: number }
  | { readonly do: 'turn' | 'busy' | 'free'; readonly worker: 0 | 1 }
  | { readonly do: 'outcome'; readonly outcome: Outcome }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'settle' | 'restart' | 'second' }
  /** the process will die at its n-th commit from now, just before or just after it */
  | { readonly do: 'doom'; readonly commits: number; readonly before: boolean };

const worker = fc.constantFrom(0 as const, 1 as const);
const which = fc.nat(5);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      worker,
      text: fc.constantFrom('May I?', 'Which one?', 'rule'),
      via: fc.constantFrom('screen' as const, 'screen' as const, 'screen' as const, 'ask' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which,
      by: fc.constantFrom('controller:codex', 'human:cli'),
      text: fc.constantFrom('A', 'B', 'C'),
    }),
  },
  fc.record({
    do: fc.constantFrom('fail' as const, 'dismiss' as const, 'confirm' as const, 'again' as const),
    which,
  }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('turn' as const, 'busy' as const, 'free' as const), worker }),
  },
  fc.record({
    do: fc.constant('outcome' as const),
    outcome: fc.constantFrom<Outcome[]>(
      'acknowledged',
      'typed-not-submitted',
      'uncertain',
      'fault-before',
      'fault-after',
    ),
  }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(50, 1_000, 12_000, 70_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'restart' as const, 'second' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('doom' as const),
      commits: fc.integer({ min: 1, max: 6 }),
      before: fc.boolean(),
    }),
  },
);

const workers: PaneIdentity[] = [somePane, { ...somePane, paneId: '%4' as PaneId, panePid: 201 }];
const policy = '[{ when: { text: /^rule$/ }, answer: by rule }]';

/** A machine on which bridges live and die, with what the people at it were told. */
class Machine {
  readonly journal = CrashingJournal.fresh();
  readonly panes = new Panes();
  readonly clock = new ManualClock();
  readonly opened: RequestId[] = [];
  readonly turns = [1, 1];
  /** for each request the last text that was accepted, and others whose acceptance a crash cut short */
  readonly accepted = new Map<RequestId, string>();
  readonly unheard = new Map<RequestId, Set<string>>();
  readonly late: Array<{ id: RequestId; text: string }> = [];
  readonly dismissed = new Set<RequestId>();
  #minted = 0;
  processes: RequestsHarness[] = [this.#boot()];

  #boot(): RequestsHarness {
    const { journal, panes, clock } = this;
    return new RequestsHarness({ journal, panes, clock, policy, mint: () => `id${++this.#minted}` });
  }

  async run(command: Command): Promise<void> {
    try {
      this.#do(command);
    } catch (error) {
      if (!(error instanceof Crashed)) throw error;
    }
    if (command.do === 'settle') await settle();
    if (command.do === 'pass') await this.pass(command.ms);
    await this.bury();
  }

  /** The dead are replaced by a fresh process, which resumes. */
  async bury(): Promise<void> {
    const living = this.processes.filter((harness) => !harness.memory.dead);
    if (living.length === this.processes.length) return;
    await settle();
    this.processes = living.length > 0 ? living : [this.#boot()];
    if (living.length === 0) this.processes[0]!.resume();
  }

  async pass(ms: number): Promise<void> {
    for (let step = 0; step < 4; step += 1) {
      this.clock.time += ms / 4;
      for (const harness of this.processes) {
        if (harness.memory.dead) continue;
        try {
          harness.requests.tick(this.clock.time);
          harness.queue.tick(this.clock.time);
        } catch (error) {
          if (!(error instanceof Crashed)) throw error;
        }
      }
      await settle();
    }
  }

  #do(command: Command): void {
    const harness = this.processes.at(-1)!;
    const id = 'which' in command ? this.opened.at(-1 - (command.which % Math.max(1, this.opened.length))) : undefined;
    switch (command.do) {
      case 'open': {
        const { worker, text, via } = command;
        const turn = `w${worker}#${this.turns[worker]}` as TurnId;
        const deadlineAt = text === 'Which one?' ? this.clock.time + 60_000 : null;
        const request = harness.requests.open(origin({ turn, via, deadlineAt }, text, workers[worker]));
        if (!this.opened.includes(request.id)) this.opened.push(request.id);
        harness.requests.confirm(request.id);
        return;
      }
      case 'answer': {
        if (id === undefined) return;
        const { by, text } = command;
        const unheard = this.unheard.get(id) ?? new Set();
        this.unheard.set(id, unheard.add(text));
        const { accepted } = harness.requests.answer(id, { by, instructions: text, notes: '' });
        if (accepted === 'late') this.late.push({ id, text });
        else if (accepted !== 'refused') this.accepted.set(id, text);
        unheard.delete(text);
        return;
      }
      case 'confirm':
        if (id !== undefined) harness.requests.confirmDelivered(id, 'human:cli');
        return;
      case 'again': {
        const text = id && doubtOf(harness.request(id))?.answer.instructions;
        if (!id || text === undefined) return;
        const unheard = this.unheard.get(id) ?? new Set();
        this.unheard.set(id, unheard.add(text));
        if (harness.requests.retry(id, 'human:cli').accepted) this.accepted.set(id, text);
        unheard.delete(text);
        return;
      }
      case 'fail':
        if (id !== undefined) harness.requests.controllerFailed(id, { is: 'empty' });
        return;
      case 'dismiss':
        if (id !== undefined) {
          const wasTyped = doubtOf(harness.request(id)) !== null;
          if (harness.requests.dismiss(id, 'human:cli').accepted && !wasTyped) this.dismissed.add(id);
        }
        return;
      case 'turn': {
        const number = ++this.turns[command.worker]!;
        harness.requests.turnBegan(workers[command.worker]!, `w${command.worker}#${number}` as TurnId);
        return;
      }
      case 'busy':
        this.panes.busy.add(identityKey(workers[command.worker]!));
        return;
      case 'free':
        this.panes.busy.delete(identityKey(workers[command.worker]!));
        harness.queue.paneMoved(workers[command.worker]!);
        return;
      case 'outcome':
        this.panes.outcome = command.outcome;
        return;
      case 'restart':
        for (const each of this.processes) each.memory.dead = true;
        return;
      case 'second':
        // A command without knowledge of the daemon, on the same home.
        if (this.processes.length === 1) {
          this.processes.push(this.#boot());
          this.processes[1]!.resume();
        }
        return;
      case 'doom':
        harness.memory.dieIn = command.commits;
        harness.memory.dieBefore = command.before;
        return;
      case 'pass':
      case 'settle':
        // their caller waits
        return;
    }
  }

  /** All is well again: one process, free panes, time enough. */
  async heal(): Promise<RequestsHarness> {
    this.panes.busy.clear();
    this.panes.outcome = 'acknowledged';
    for (const harness of this.processes) harness.memory.dead = true;
    await this.bury();
    await settle();
    for (let turn = 0; turn < 3; turn += 1) await this.pass(4_000);
    for (const harness of this.processes) harness.memory.dead = true;
    await this.bury();
    await settle();
    return this.processes[0]!;
  }
}

function check(machine: Machine, harness: RequestsHarness): void {
  const { journal, panes } = machine;
  expect(panes.most).toBeLessThanOrEqual(1);
  for (const request of journal.requests()) {
    const { id, state, late } = request;
    const deliveries = journal.deliveries({ thread: id });
    const pastes = panes.pastes.filter((paste) => paste.thread === id);
    // Never repeated: one paste for a delivery, of the text that the journal has; a second delivery only on a person's
    // word, after a first one of which nobody can tell.
    for (const [index, delivery] of deliveries.entries()) {
      const own = pastes.filter((paste) => paste.id === delivery.id);
      expect(own.length).toBeLessThanOrEqual(1);
      if (own[0]) expect(own[0].body).toBe(delivery.envelope.body);
      if (index === 0) continue;
      expect(['uncertain', 'typed-not-submitted']).toContain(deliveries[index - 1]!.state.is);
      expect(delivery.envelope.from).toMatch(/^human/);
    }
    if (request.via === 'ask' || machine.dismissed.has(id)) expect(pastes).toEqual([]);
    // Never lost: what was accepted is what was typed, or printed, or the human was told that nobody can say.
    const accepted = machine.accepted.get(id);
    if (accepted !== undefined && !machine.dismissed.has(id)) {
      const possible = [accepted, ...(machine.unheard.get(id) ?? [])];
      const carried =
        request.via === 'ask' ? 'answer' in state && state.answer.instructions : deliveries.at(-1)?.envelope.body;
      if (state.is !== 'dismissed') expect(possible).toContain(carried);
      if (request.via === 'screen' && pastes.length === 0 && state.is !== 'dismissed') {
        const isTaken = state.is === 'withdrawn' && possible.includes(state.notTyped?.answer.instructions ?? '');
        if (!isTaken) expect(doubtOf(request) ?? ('vouchedBy' in state ? state.vouchedBy : null)).not.toBeNull();
      }
    }
    for (const each of machine.late) {
      if (each.id === id) {
        const everywhere = [...late.map((answer) => answer.instructions), accepted];
        expect(everywhere).toContain(each.text);
      }
    }
    // Never forgotten: nothing is left answered, and whoever is still asked was asked again by this process.
    expect(['open', 'answered']).not.toContain(state.is);
    if (state.is === 'asked') {
      const again = state.of === 'controller' ? `ask ${id}` : `publish ${id}: ${state.why}`;
      expect(harness.done).toContain(again);
    }
  }
  for (const id of machine.opened) expect(journal.request(id)).not.toBeNull();
  for (const delivery of journal.deliveries()) expect(['queued', 'held', 'claimed']).not.toContain(delivery.state.is);
}

test('bridges die at any commit, two live at once, people change their minds: nothing is lost and nothing repeated', async () => {
  const reached = new Set<RequestState['is']>();
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 40 }), async (commands) => {
      const machine = new Machine();
      for (const each of commands) await machine.run(each);
      const harness = await machine.heal();
      check(machine, harness);
      for (const request of machine.journal.requests()) reached.add(request.state.is);
      machine.journal.close();
    }),
    { numRuns: 120, seed: 5 },
  );
  expect([...reached].sort()).toEqual(['asked', 'delivered', 'dismissed', 'expired', 'settled', 'withdrawn'].sort());
});
