import { type AgentSignal, type SignalKind, saidLimit, signalKinds } from '../core/agent-signal.ts';
import { cleaned } from '../core/cleaning.ts';
import { inputDigest } from './input-digest.ts';

/** What an agent's events mean, and where its report keeps what we need. */
export interface SignalFacts {
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
  /** the agent's last message, of a turn that ended */
  readonly said?: readonly string[];
  /** an input that was pasted, as it is reported: what was pasted is the group `text` */
  readonly pasted?: RegExp;
  /** the beginning of inputs that are the program's own and nobody's turn */
  readonly ownInputs?: { readonly field: string; readonly begins: readonly string[] };
}

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
  /** of that agent program; without them the event must be one of our kinds */
  readonly facts?: SignalFacts | undefined;
  readonly event: string | null;
  readonly report: unknown;
  readonly at: number;
}): ReadSignal {
  const { facts: known } = told;
  const report = isRecord(told.report) ? told.report : {};
  const event = told.event ?? textIn(report, known?.eventFields ?? ['hook_event_name']);
  if (event === null) return nothing('the report names no event');
  const kind = kindOf(event, report, known);
  if (kind === null) return nothing(`${event} of ${told.agent} says nothing of a turn`);
  if (known?.ownInputs && isOwnInput(report[known.ownInputs.field], known.ownInputs.begins))
    return nothing("a turn of the program's own");
  const reported = kind === 'turn-began' ? textIn(report, known?.prompt ?? []) : null;
  const prompt = reported === null ? null : (known?.pasted?.exec(reported)?.groups?.text ?? reported);
  const said = kind === 'turn-ended' ? textIn(report, known?.said ?? []) : null;
  const signal: AgentSignal = {
    agent: told.agent,
    kind,
    event: event.slice(0, 64),
    session: shortText(textIn(report, known?.session ?? [])),
    turn: shortText(textIn(report, known?.turn ?? [])),
    input: prompt === null ? null : inputDigest(prompt),
    ...(said === null ? {} : { said: cleaned(said.slice(-saidLimit)) }),
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

/** Codex reports all inputs of the conversation: a title turn's has one, its task. */
function isOwnInput(inputs: unknown, begins: readonly string[]): boolean {
  const first: unknown = Array.isArray(inputs) ? inputs[0] : inputs;
  return typeof first === 'string' && begins.some((beginning) => first.startsWith(beginning));
}
