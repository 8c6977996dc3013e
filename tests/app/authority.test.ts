import { expect, test } from 'vitest';
import { type Act, authorityOf } from '../../bridge/app/authority.ts';
import type { Caller } from '../../bridge/host/caller.ts';

const acts: readonly Act[] = ['answer', 'dismiss', 'settle', 'resume', 'send --in-dialog', 'trust'];
const controller = { pid: 7, startedAt: '700' };
const nobody: Caller = { is: 'nobody' };
const agent: Caller = { is: 'agent', program: 'codex', at: [{ pid: 20, startedAt: '1' }] };
/** below a shim, whose process is the one that is known as the pane's agent */
const ofController: Caller = { is: 'agent', program: 'claude', at: [{ pid: 9, startedAt: '1' }, controller] };
const apart: Caller = { is: 'apart', program: 'codex', reason: 'it has no terminal, and may serve several' };
/** the controller's pid, of a process that is another one */
const reused: Caller = { is: 'agent', program: 'claude', at: [{ pid: 7, startedAt: '701' }] };

const is = (act: Act, caller: Caller | null, known: typeof controller | null = controller) =>
  authorityOf({ act, caller, controller: known }).is;

test.each<[string, Caller | null, string, string]>([
  // who calls, its evidence, what it may with a live controller, what without one
  ['no agent program above', nobody, 'person', 'person'],
  ['a worker, or any other agent', agent, 'nobody', 'nobody'],
  ["the controller's agent", ofController, 'controller', 'nobody'],
  ['a process that got its pid', reused, 'nobody', 'nobody'],
  ['an agent without a terminal', apart, 'nobody', 'nobody'],
  ['a command that says nothing', null, 'nobody', 'nobody'],
])('%s', (_who, caller, withController, without) => {
  for (const act of acts) {
    const expected = act === 'trust' && withController === 'controller' ? 'nobody' : withController;
    expect([act, is(act, caller)]).toEqual([act, expected]);
    expect([act, is(act, caller, null)]).toEqual([act, without]);
  }
});

test('a refusal names the program and its process, whose it would be, and what to do', () => {
  expect(authorityOf({ act: 'answer', caller: agent, controller })).toEqual({
    is: 'nobody',
    reason:
      'this command runs under codex (process 20), and no agent answers itself or another one: only you or the live controller of that worker may',
    nextStep: 'run it in a shell of your own, outside of any agent program',
  });
  expect(authorityOf({ act: 'trust', caller: apart, controller: null })).toMatchObject({
    reason: 'this command runs under codex, and only you may let a bridge.yaml decide',
  });
  expect(authorityOf({ act: 'answer', caller: null, controller })).toMatchObject({
    reason: 'the command does not say which program called it',
  });
});
