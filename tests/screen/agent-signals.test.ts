import { expect, test } from 'vitest';
import { programNamed } from '../../bridge/agent-programs/index.ts';
import { type AgentSignal, saidLimit } from '../../bridge/core/agent-signal.ts';
import { readSignal } from '../../bridge/screen/agent-signals.ts';
import { doubt, type HookState, hookStateStandsMs, joined, reportedEnd } from '../../bridge/screen/hook-state.ts';
import { inputDigest } from '../../bridge/screen/input-digest.ts';

const read = (agent: string, report: unknown, event: string | null = null) =>
  readSignal({ agent, facts: factsOf(agent), event, report, at: 1000 });
function factsOf(agent: string) {
  const { hooks } = programNamed(agent) ?? {};
  return hooks !== undefined && 'signals' in hooks ? hooks.signals : undefined;
}
const kindOf = (agent: string, report: unknown, event: string | null = null) => {
  const result = read(agent, report, event);
  return result.is === 'signal' ? result.signal.kind : null;
};
const hook = (hook_event_name: string, more: object = {}) => ({ hook_event_name, session_id: 's', ...more });

test.each([
  ['codex', hook('SessionStart', { source: 'startup' }), 'session-began'],
  ['codex', hook('UserPromptSubmit', { prompt: 'x' }), 'turn-began'],
  ['codex', hook('PermissionRequest', { tool_name: 'Bash' }), 'approval-wanted'],
  ['codex', hook('Stop'), 'turn-ended'],
  ['codex', hook('Interrupt'), 'turn-ended'],
  ['codex', hook('SessionEnd'), 'session-ended'],
  ['codex', { type: 'agent-turn-complete', 'thread-id': 's', 'input-messages': ['SAY: hello'] }, 'turn-ended'],
  ['gemini', hook('BeforeAgent', { prompt: 'x' }), 'turn-began'],
  ['gemini', hook('AfterAgent', { prompt: 'x' }), 'turn-ended'],
  ['gemini', hook('Notification', { notification_type: 'ToolPermission' }), 'approval-wanted'],
  ['qwen', hook('UserPromptSubmit', { submitted_prompt: 'x' }), 'turn-began'],
  ['qwen', hook('StopFailure'), 'turn-failed'],
  ['qwen', hook('Notification', { notification_type: 'idle_prompt' }), 'turn-ended'],
  ['claude', hook('UserPromptSubmit', { prompt: 'x' }), 'turn-began'],
  ['claude', hook('Notification', { notification_type: 'permission_prompt' }), 'approval-wanted'],
  ['claude', hook('Stop', { stop_hook_active: false }), 'turn-ended'],
  ['claude', hook('StopFailure', { error: 'unknown' }), 'turn-failed'],
  ['claude', hook('Notification', { notification_type: 'idle_prompt' }), 'turn-ended'],
])('%s: %j is %s', (agent, report, kind) => {
  expect(kindOf(agent, report)).toBe(kind);
});

test.each([
  ['codex', hook('PreToolUse')],
  [
    'codex',
    {
      type: 'agent-turn-complete',
      'input-messages': ['Generate a concise, single-line task title of at most 36 characters'],
    },
  ],
  ['gemini', hook('Notification', { notification_type: 'Other' })],
  ['gemini', hook('Stop')],
  ['claude', hook('Notification')],
  ['claude', hook('SubagentStop')],
  ['codex', hook('constructor')],
  ['__proto__', hook('Stop')],
  ['codex', {}],
  ['codex', null],
  ['codex', 'Stop'],
  ['codex', [hook('Stop')]],
  ['codex', { hook_event_name: { toString: 'Stop' } }],
])('%s: %j says nothing of a turn', (agent, report) => {
  expect(kindOf(agent, report)).toBeNull();
});

test('a title turn of codex is filtered by its errand, and not by a conversation that quotes it', () => {
  const title = 'Generate a concise, single-line task title';
  const turn = (...inputs: string[]) => ({ type: 'agent-turn-complete', 'input-messages': inputs });
  expect(kindOf('codex', turn(`${title} of at most 36 characters.\n\nUser prompt:\nx`))).toBeNull();
  expect(kindOf('codex', turn('x', `${title}, they say`))).toBe('turn-ended');
  expect(kindOf('codex', turn(`What does "${title}" mean?`))).toBe('turn-ended');
});

test('an event that the caller names needs no report, and one of our own kinds needs no known agent', () => {
  expect(kindOf('codex', null, 'Stop')).toBe('turn-ended');
  expect(kindOf('mine', null, 'turn-began')).toBe('turn-began');
  expect(kindOf('mine', null, 'Stop')).toBeNull();
});

test('of an input only ids and a digest are kept', () => {
  const report = hook('UserPromptSubmit', { turn_id: 't', prompt: ' the  secret\n', cwd: '/secret' });
  expect(read('codex', report)).toEqual({
    is: 'signal',
    signal: {
      agent: 'codex',
      kind: 'turn-began',
      event: 'UserPromptSubmit',
      session: 's',
      turn: 't',
      input: inputDigest('the secret'),
      at: 1000,
    },
  });
  const long = read('codex', hook('Stop', { turn_id: 'x'.repeat(5000) }));
  expect(JSON.stringify(long).length).toBeLessThan(400);
});

test.each([
  ['claude', hook('Stop', { last_assistant_message: 'Shall I?' })],
  ['codex', hook('Stop', { last_assistant_message: 'Shall I?' })],
  ['codex', { type: 'agent-turn-complete', 'last-assistant-message': 'Shall I?' }],
  ['qwen', hook('Stop', { last_assistant_message: 'Shall I?' })],
  ['gemini', hook('AfterAgent', { prompt_response: 'Shall I?' })],
])('%s: the last message of %j is told, its end, in visible characters', (agent, report) => {
  expect(read(agent, report)).toMatchObject({ signal: { kind: 'turn-ended', said: 'Shall I?' } });
  const [field] = Object.entries(report).find(([, value]) => value === 'Shall I?')!;
  const long = read(agent, { ...report, [field]: `${'x'.repeat(saidLimit)}\u001b[1mShall I?` });
  expect(long).toMatchObject({ signal: { said: expect.stringMatching(/^x{10,15990}Shall I\?$/) } });
});

test('a turn that failed, or begins, tells no message', () => {
  for (const event of ['StopFailure', 'UserPromptSubmit'])
    expect(read('claude', hook(event, { last_assistant_message: 'API Error' }))).toMatchObject({
      signal: expect.not.objectContaining({ said: expect.anything() }),
    });
});

test('an input that Claude Code took for a paste is the text that was pasted', () => {
  const input = (prompt: string) => {
    const result = read('claude', hook('UserPromptSubmit', { prompt }));
    return result.is === 'signal' ? result.signal.input : null;
  };
  const text = 'one\n\n\ttwo \u00e9';
  // as 2.1.332 reports it
  const pasted = (inside: string) => `\n\n<pasted_content id="241c">\n${inside}\n</pasted_content id="241c">\n`;
  expect(input(pasted('one\n\n    two \u00e9'))).toBe(inputDigest(text));
  expect(input(pasted(`${text} </pasted_content id="1">`))).toBe(inputDigest(`${text} </pasted_content id="1">`));
  for (const other of [`before ${pasted(text)}`, `${pasted(text)}after`, pasted(text).replace('"241c"', '"0000"')])
    expect(input(other)).not.toBe(inputDigest(text));
});

const said = (kind: AgentSignal['kind'], at: number, more: Partial<AgentSignal> = {}): AgentSignal => ({
  agent: 'codex',
  kind,
  event: kind,
  session: 's',
  turn: null,
  input: null,
  at,
  ...more,
});
const all = (...signals: AgentSignal[]) => signals.reduce<HookState | null>(joined, null)!;

test('two signals that changed places on their way leave the later one standing', () => {
  expect(all(said('turn-ended', 20), said('turn-began', 10)).kind).toBe('turn-ended');
  expect(all(said('turn-began', 10), said('turn-ended', 20)).kind).toBe('turn-ended');
});

test('the end of a turn before the one that began last ends nothing', () => {
  const began = said('turn-began', 20, { turn: 'b' });
  expect(all(said('turn-began', 1, { turn: 'a' }), began, said('turn-ended', 30, { turn: 'a' })).kind).toBe(
    'turn-began',
  );
  expect(all(began, said('turn-ended', 30, { turn: 'b' })).kind).toBe('turn-ended');
  expect(all(began, said('turn-ended', 30)).kind).toBe('turn-ended');
});

test('a message stands through a second word of the same end, and not into the next turn', () => {
  const ended = said('turn-ended', 10, { said: 'Shall I?' });
  expect(all(ended, said('turn-ended', 20)).said).toBe('Shall I?');
  expect(all(ended, said('turn-began', 20)).said).toBeUndefined();
  expect(all(ended, said('turn-began', 20), said('turn-ended', 30)).said).toBeUndefined();
});

test('inputs are remembered, a few of them', () => {
  const word = all(...Array.from({ length: 20 }, (_, at) => said('turn-began', at, { input: `d${at}` })));
  expect(word.inputs.at(-1)).toEqual({ digest: 'd19', at: 19 });
  expect(word.inputs.length).toBe(8);
});

test('a word against a screen stands for a while only, since hooks get lost', () => {
  for (const kind of ['turn-began', 'approval-wanted'] as const) {
    expect(doubt({ kind, agoMs: 0 })).not.toBeNull();
    expect(doubt({ kind, agoMs: hookStateStandsMs })).not.toBeNull();
    expect(doubt({ kind, agoMs: hookStateStandsMs + 1 })).toBeNull();
  }
  for (const kind of ['turn-ended', 'turn-failed', 'session-began', 'session-ended'] as const) {
    expect(doubt({ kind, agoMs: 0 })).toBeNull();
  }
  expect(doubt(undefined)).toBeNull();
});

test('the end of a turn is one more source only while nothing was drawn since, and only where motion was measured', () => {
  expect(reportedEnd({ kind: 'turn-ended', agoMs: 900 }, 400)).toBe(true);
  expect(reportedEnd({ kind: 'turn-ended', agoMs: 5000 }, 4500)).toBe(true);
  expect(reportedEnd({ kind: 'turn-ended', agoMs: 5000 }, 400)).toBe(false);
  expect(reportedEnd({ kind: 'turn-began', agoMs: 100 }, 400)).toBe(false);
  expect(reportedEnd({ kind: 'turn-ended', agoMs: 100 }, Number.POSITIVE_INFINITY)).toBe(false);
  expect(reportedEnd(undefined, 400)).toBe(false);
});
