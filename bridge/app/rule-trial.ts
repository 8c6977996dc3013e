import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse } from 'yaml';
import { messageOf, usageError } from '../core/failure.ts';
import type { Request } from '../core/request.ts';
import { steadyClock } from '../host/clock.ts';
import { decide, type PolicyDecision, type Rule } from '../requests/policy.ts';
import { parsePolicy } from '../requests/policy-rules.ts';

/** What a rule would have made of one request. */
export interface Tried {
  readonly request: Request;
  /** which of the rules, from 0 */
  readonly rule: number;
  readonly would: PolicyDecision['is'];
  /** what would have been typed, or the option that would have been chosen; null: nothing */
  readonly what: string | null;
  /** why it is left to a person although the rule fits; null where it is not, or the rule says so itself */
  readonly why: string | null;
}

/** Patterns are bounded one by one; together they take no longer than this, ms. */
const mostMs = 1_000;
/** A rule that nobody can read any more is none. */
const mostRules = 20;

/** One rule as bridge.yaml has it, or a list of them. @throws BridgeError naming what is wrong with it */
export function rulesIn(text: string): readonly Rule[] {
  let given: unknown;
  try {
    given = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (fault) {
    throw usageError('rule', '', messageOf(fault).split('\n')[0]!);
  }
  const list = Array.isArray(given) ? given : [given];
  if (given === null || given === undefined)
    throw usageError('rule', '', 'is empty', 'for instance: when, and answer, choose or then');
  if (list.length > mostRules) throw usageError('rule', '', `has more than ${mostRules} rules`);
  const parsed = parsePolicy(list);
  if ('rules' in parsed) return parsed.rules;
  const { rule, key, reason } = parsed.errors[0]!;
  throw usageError('rule', `${list.length > 1 ? `${rule + 1}.` : ''}${key}`, reason);
}

/**
 * What these rules, before all others, would have decided of what was asked: at the instant at which it was, and of nothing that
 * only a person may decide. Changes nothing.
 * @returns `tried`: how many were, where time was short
 */
export async function tryRules(
  rules: readonly Rule[],
  requests: readonly Request[],
): Promise<{ readonly tried: number; readonly decided: readonly Tried[] }> {
  const until = steadyClock.now() + mostMs;
  const decided: Tried[] = [];
  let tried = 0;
  for (const request of requests) {
    if (steadyClock.now() >= until) break;
    const found = tryOn(rules, request);
    if (found !== null) decided.push(found);
    tried += 1;
    if (tried % 20 === 0) await nextTurn();
  }
  return { tried, decided };
}

function tryOn(rules: readonly Rule[], request: Request): Tried | null {
  const decision = decide(rules, request, 'human', request.openedAt);
  if (decision.rule === null) return null;
  const why =
    request.humanOnly ??
    (decision.is === 'choose' ? request.noChoice : undefined) ??
    ('why' in decision ? decision.why : undefined) ??
    null;
  const isLeft = why !== null && decision.is !== 'human';
  const what = decision.is === 'answer' ? decision.text : decision.is === 'choose' ? decision.option : null;
  return { request, rule: decision.rule, would: isLeft ? 'human' : decision.is, what: isLeft ? null : what, why };
}
