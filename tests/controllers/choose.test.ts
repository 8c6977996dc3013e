import { expect, test } from 'vitest';
import { chooseBackend } from '../../bridge/controllers/choose.ts';
import { BridgeError } from '../../bridge/core/failure.ts';

const available = (changes: { livePane?: string; programs?: string[]; command?: string } = {}) => ({
  livePane: changes.livePane ?? null,
  onPath: (name: string) => (changes.programs ?? []).includes(name),
  command: changes.command ?? null,
});

test('auto takes the live controller pane before any program, and says which pane', () => {
  const chosen = chooseBackend('auto', available({ livePane: '%7', programs: ['codex'] }));
  expect(chosen).toEqual({ backend: 'pane', why: expect.stringContaining('%7') });
});

test('auto takes the first agent program on PATH when no pane is live, and names it', () => {
  const chosen = chooseBackend('auto', available({ programs: ['opencode', 'gemini'] }));
  expect(chosen).toEqual({ backend: 'gemini', why: expect.stringContaining('gemini is on PATH') });
});

test("auto falls to the human's mailbox when there is neither", () => {
  expect(chooseBackend('auto', available())).toMatchObject({
    backend: 'mailbox',
    why: expect.stringContaining('none of'),
  });
});

test.each([
  ['codex-interactive', 'pane'],
  ['none', 'mailbox'],
  ['pane', 'pane'],
  ['rules', 'rules'],
  ['mailbox', 'mailbox'],
])('%s is %s, whatever else is there', (requested, backend) => {
  expect(chooseBackend(requested, available({ programs: ['codex'] }))).toMatchObject({ backend });
});

test('a program that was asked for by name and is not there is an error with a next step, not another program', () => {
  const fault = chooseBackend('claude', available({ programs: ['codex'] }));
  expect(fault).toBeInstanceOf(BridgeError);
  expect(fault).toMatchObject({ target: 'claude', nextStep: expect.any(String) });
  expect(chooseBackend('claude', available({ programs: ['claude'] }))).toMatchObject({ backend: 'claude' });
});

test('command needs a command, and an unknown name is a usage error', () => {
  expect(chooseBackend('command', available())).toMatchObject({ exitCode: 64 });
  expect(chooseBackend('command', available({ command: 'x' }))).toMatchObject({ backend: 'command' });
  expect(chooseBackend('gpt', available())).toMatchObject({ exitCode: 64 });
});
