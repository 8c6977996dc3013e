import { type AgentSignal, type SignalKind, signalKinds } from '../core/agent-signal.ts';
import { inputDigest } from './input-digest.ts';

/** What an agent's events mean, and where its report keeps what we need. */
interface SignalFacts {
  /** fields that name the event, where the caller does not */
  readonly eventFields: readonly string[];
  readonly events: Readonly<Record<string, SignalKind>>;
  /** an event that means as many things as one of its fields has values; other values mean nothing to us */
  readonly notices?: {
    readonly event: string;
    readonly field: string;
    readonly values: Readonly<Record<string, SignalKind>>;
  };
  readonly session: readonly string[];
  readonly turn: readonly string[];
  /** the input of a turn that begins */
  readonly prompt: readonly string[];
  /** the beginning of inputs that are the program's own and nobody's turn */
  readonly ownInputs?: { readonly field: string; readonly begins: readonly string[] };
}

const hookNames = ['hook_event_name'];
/** qwen took them over */
const claudesEvents = {
  SessionStart: 'session-began',
  UserPromptSubmit: 'turn-began',
  PermissionRequest: 'approval-wanted',
  Stop: 'turn-ended',
  StopFailure: 'turn-failed',
  SessionEnd: 'session-ended',
} as const;
const whatItWaitsFor = {
  event: 'Notification',
  field: 'notification_type',
  values: { permission_prompt: 'approval-wanted', idle_prompt: 'turn-ended' },
} as const;

/**
 * Codex 0.169.0 and gemini-cli 0.61.0 as seen live; qwen-code 0.24.4 by the page it brings and live; claude by its public
 * documentation. A tool's events are left out: they say nothing that a turn's do not, and there are many.
 */
const facts: Readonly<Record<string, SignalFacts>> = {
  codex: {
    eventFields: [...hookNames, 'type'],
    events: {
      SessionStart: 'session-began',
      UserPromptSubmit: 'turn-began',
      PermissionRequest: 'approval-wanted',
      Stop: 'turn-ended',
      Interrupt: 'turn-ended',
      SessionEnd: 'session-ended',
      // the notify program
      'agent-turn-complete': 'turn-ended',
      'approval-requested': 'approval-wanted',
    },
    session: ['session_id', 'thread-id'],
    turn: ['turn_id', 'turn-id'],
    prompt: ['prompt'],
    ownInputs: { field: 'input-messages', begins: ['Generate a concise, single-line task title'] },
  },
  gemini: {
    eventFields: hookNames,
    events: {
      SessionStart: 'session-began',
      BeforeAgent: 'turn-began',
      AfterAgent: 'turn-ended',
      SessionEnd: 'session-ended',
    },
    notices: { event: 'Notification', field: 'notification_type', values: { ToolPermission: 'approval-wanted' } },
    session: ['session_id'],
    turn: [],
    prompt: ['prompt'],
  },
  qwen: {
    eventFields: hookNames,
    events: claudesEvents,
    // after an interrupted or failed turn this is all that it tells
    notices: whatItWaitsFor,
    session: ['session_id'],
    turn: ['prompt_id'],
    prompt: ['submitted_prompt', 'prompt'],
  },
  claude: {
    eventFields: hookNames,
    events: claudesEvents,
    notices: whatItWaitsFor,
    session: ['session_id'],
    turn: ['prompt_id'],
    prompt: ['prompt'],
  },
};

/** Agents whose reports are understood. Any other may still name one of our kinds itself. */
export const signallingAgents: readonly string[] = Object.keys(facts);

export type ReadSignal =
  | { readonly is: 'signal'; readonly signal: AgentSignal }
  /** nothing that concerns a turn; not a fault */
  | { readonly is: 'nothing'; readonly reason: string };

/**
 * @param told.event the agent's name for the event, or one of our kinds; null where the report names it
 * @param told.report what the agent wrote on stdin or gave as its last argument: JSON already parsed, or null
 */
export function readSignal(told: {
  readonly agent: string;
  readonly event: string | null;
  readonly report: unknown;
  readonly at: number;
}): ReadSignal {
  const known = Object.hasOwn(facts, told.agent) ? facts[told.agent] : undefined;
  const report = isRecord(told.report) ? told.report : {};
  const event = told.event ?? textIn(report, known?.eventFields ?? hookNames);
  if (event === null) return nothing('the report names no event');
  const kind = kindOf(event, report, known);
  if (kind === null) return nothing(`${event} of ${told.agent} says nothing of a turn`);
  if (known?.ownInputs && isOwnInput(report[known.ownInputs.field], known.ownInputs.begins))
    return nothing("a turn of the program's own");
  const prompt = kind === 'turn-began' ? textIn(report, known?.prompt ?? []) : null;
  const signal: AgentSignal = {
    agent: told.agent,
    kind,
    event: event.slice(0, 64),
    session: shortText(textIn(report, known?.session ?? [])),
    turn: shortText(textIn(report, known?.turn ?? [])),
    input: prompt === null ? null : inputDigest(prompt),
    at: told.at,
  };
  return { is: 'signal', signal };
}

function kindOf(event: string, report: Record<string, unknown>, known: SignalFacts | undefined): SignalKind | null {
  if (known?.notices?.event === event) {
    const value = textIn(report, [known.notices.field]) ?? '';
    return Object.hasOwn(known.notices.values, value) ? known.notices.values[value]! : null;
  }
  if (known && Object.hasOwn(known.events, event)) return known.events[event]!;
  return signalKinds.find((kind) => kind === event) ?? null;
}

function nothing(reason: string): ReadSignal {
  return { is: 'nothing', reason };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textIn(report: Record<string, unknown>, fields: readonly string[]): string | null {
  for (const field of fields) {
    const value = Object.hasOwn(report, field) ? report[field] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

function shortText(text: string | null): string | null {
  return text === null ? null : text.slice(0, 128);
}

/** Codex tells all inputs of the conversation: a title turn's has one, its errand. */
function isOwnInput(inputs: unknown, begins: readonly string[]): boolean {
  const first: unknown = Array.isArray(inputs) ? inputs[0] : inputs;
  return typeof first === 'string' && begins.some((beginning) => first.startsWith(beginning));
}
