import type { RequestView } from '../../bridge/api/views.ts';
import type { Delivery } from '../../bridge/core/envelope.ts';
import type { Fact } from '../fixtures/scripted-agent.ts';
import { markPattern, type Question } from './questions.ts';

/** All that is known of one home from outside, once nothing moves any more. */
export interface Ledger {
  readonly questions: readonly Question[];
  /** as `bridge requests --all` tells them */
  readonly requests: readonly RequestView[];
  /** of a second bridge, with a state directory of its own, which may have ended in the middle of its work */
  readonly others: readonly RequestView[];
  /** what each agent program received, by its own journal */
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
  /** agents whose process has ended */
  readonly dead: ReadonlySet<string>;
  /** ids of the requests for which a human was called */
  readonly called: ReadonlySet<string>;
  /** ids of the requests of which a human was told, by a call or by a page in the inbox */
  readonly told: ReadonlySet<string>;
  /** marks of the questions whose answer, given by a human, the bridge has said it has */
  readonly acknowledged: ReadonlySet<string>;
  /** what the human has decided */
  readonly doubts: readonly Doubtful[];
  /** marks of the questions whose answer a human took out of a composer in which a dead bridge had left it */
  readonly cleared: ReadonlySet<string>;
}

/** An answer of which a human was asked whether it had arrived. */
export interface Doubtful {
  readonly mark: string;
  /** of the request */
  readonly id: string;
  readonly delivery: string;
  readonly is: string;
  /** what the agent's journal said when the human looked; where it had not, the human had it typed once more */
  readonly arrived: boolean;
}

export const noFigures = {
  /** questions that agents asked */
  questions: 0,
  /** of them, those whose agents died, or were given another input, before any bridge looked */
  unseen: 0,
  requests: 0,
  /** questions of which a second bridge has a request */
  ofAnother: 0,
  answers: 0,
  /** inputs that the agents' own journals have */
  submissions: 0,
  /** requests, pastes or inputs beyond the first of a question, and inputs of an agent that did not ask */
  duplicates: 0,
  /** answers that were typed into another turn than the one that asked */
  stale: 0,
  /** questions that a person passed over with another input before their answer came */
  passedOver: 0,
  /** questions without a request, requests without an end or a human who is asked, and answers without an input or a word to the human */
  losses: 0,
  /** deliveries of which the bridge says that it cannot know, or that they stand in the composer */
  uncertain: 0,
  /** of them, those that the agent's journal shows as submitted */
  uncertainButSubmitted: 0,
  /** answers for agents that are gone: held, and in the list of requests */
  heldForHuman: 0,
  /** questions that a rule or a controller was to answer, and a human was called for, though no answer was in doubt */
  cameToHuman: 0,
  /** what the human had to be told, and was not */
  untold: 0,
};

export type Figures = typeof noFigures;

export interface Audit {
  readonly figures: Figures;
  readonly failures: readonly string[];
}

/** Holds what the bridge says against what the agents journaled. Pure. */
export function audit(ledger: Ledger): Audit {
  const figures: Figures = { ...noFigures };
  const failures: string[] = [];
  const fail: Fail = (what, text) => {
    figures[what] += 1;
    failures.push(`${what}: ${text}`);
  };

  const inputs = inputsByMark(ledger, (agent, text) => fail('duplicates', `${agent} got an input of nobody: ${text}`));
  for (const { mark, id, is, arrived } of ledger.doubts) {
    figures.uncertain += 1;
    if (arrived) figures.uncertainButSubmitted += 1;
    if (!ledger.told.has(id)) fail('untold', `${mark} was ${is}, and no human was told`);
  }
  const passed = new Set<string>();
  for (const [agent, facts] of ledger.facts) judgeTurns(agent, facts, passed, fail);
  figures.passedOver = passed.size;
  const requestsOf = requestsByMark(ledger.requests);
  const othersOf = requestsByMark(ledger.others);
  for (const question of ledger.questions) {
    const { mark, agent } = question;
    figures.questions += 1;
    const requests = requestsOf.get(mark) ?? [];
    const others = othersOf.get(mark) ?? [];
    figures.requests += requests.length;
    if (others.length > 0) figures.ofAnother += 1;
    const submitted = inputs.get(mark) ?? [];
    figures.submissions += submitted.length;
    for (const all of [requests, others]) {
      if (all.length > 1)
        fail('duplicates', `${mark} of ${agent} became ${all.length} requests: ${all.map(describe).join('; ')}`);
    }
    if (submitted.length > 1) fail('duplicates', `${mark} of ${agent} was submitted ${submitted.length} times`);
    const pastes = (ledger.facts.get(agent) ?? []).filter((fact) => fact.paste?.includes(mark)).length;
    const doubted = ledger.doubts.filter((doubt) => doubt.mark === mark && !doubt.arrived).length;
    const again = doubted + (ledger.cleared.has(mark) ? 1 : 0);
    if (pastes > 1 + again) fail('duplicates', `${mark} was pasted ${pastes} times into ${agent}`);
    for (const input of submitted) {
      if (input.agent !== agent) fail('duplicates', `${mark} was asked by ${agent} and answered to ${input.agent}`);
      if (input.text !== question.answer) fail('duplicates', `${mark} got other words: ${input.text.slice(0, 80)}`);
    }
    const [request] = requests;
    if (others.length > 0) {
      accountForBoth([...requests, ...others], question, { submissions: submitted.length, passed }, ledger, fail);
      continue;
    }
    if (request === undefined) {
      if (ledger.dead.has(agent) || passed.has(mark)) figures.unseen += 1;
      else fail('losses', `${mark} of ${agent} has no request`);
      continue;
    }
    const isHumans = question.way === 'command' || question.way === 'file';
    const inDoubt =
      ledger.doubts.some((doubt) => doubt.mark === mark) || (request.delivery && isDoubtful(request.delivery));
    if (!isHumans && !inDoubt && ledger.called.has(request.id)) figures.cameToHuman += 1;
    const before = failures.length;
    if (passed.has(mark) && request.state === 'withdrawn' && submitted.length === 0) {
      const isKept = request.notTyped !== null || request.late.length > 0;
      if (ledger.acknowledged.has(mark) && !isKept) fail('losses', `the answer to ${mark} was not typed, nor kept`);
      continue;
    }
    accountFor(request, question, submitted.length, ledger, figures, fail);
    if (failures.length > before) failures.push(`  ${describe(request)}`);
  }
  return { figures, failures };
}

type Fail = (what: 'duplicates' | 'stale' | 'losses' | 'untold', text: string) => void;

/** What a person says who passes over a question. */
export const anotherInput = 'No, look at all of it again first.';

/**
 * The turns of an agent by its own journal: each input begins one, played or typed, and a question belongs to the one in
 * which it was printed. Its answer may only be the next input.
 */
function judgeTurns(agent: string, facts: readonly Fact[], passed: Set<string>, fail: Fail): void {
  let asked: string | null = null;
  for (const { given, input, requested } of facts) {
    if (requested !== undefined) asked = markPattern.exec(requested)?.[0] ?? null;
    const begun = given ?? input;
    if (begun === undefined) continue;
    const answered = markPattern.exec(input ?? '')?.[0];
    if (answered !== undefined && answered !== asked) {
      fail('stale', `${answered} was answered to ${agent} in a turn that had asked ${asked ?? 'nothing'}`);
    }
    if (asked !== null && input === anotherInput) passed.add(asked);
    asked = null;
  }
}

/**
 * A question of which a second bridge has a request, too: what each was to do about it depends on who owned the pane
 * when, but it was answered once, nobody counts as delivered what never came, and what a human gave is kept.
 */
function accountForBoth(
  requests: readonly RequestView[],
  { mark, agent }: Question,
  { submissions, passed }: { submissions: number; passed: ReadonlySet<string> },
  ledger: Ledger,
  fail: Fail,
): void {
  const all = requests.map(describe).join('; ');
  const isConfirmed = requests.some(({ state }) => state === 'delivered' || state === 'settled');
  if (submissions === 0 && isConfirmed)
    fail('losses', `${mark} counts as delivered, and ${agent} never got it: ${all}`);
  else if (submissions === 0 && !ledger.dead.has(agent) && !passed.has(mark)) {
    fail('losses', `${mark} of ${agent} has not come to an end: ${all}`);
  }
  const isKept = ({ answer, delivery, late, notTyped }: RequestView) =>
    [answer, delivery, notTyped].some((one) => one !== null) || late.length > 0;
  if (submissions === 0 && ledger.acknowledged.has(mark) && !requests.some(isKept)) {
    fail('losses', `the answer to ${mark} was taken from a human and is nowhere: ${all}`);
  }
  const left = ledger.requests.find((one) => requests.includes(one) && !isOver(one));
  if (left !== undefined && !ledger.dead.has(agent))
    fail('losses', `${mark} of ${agent} still waits: ${describe(left)}`);
}

function isOver({ state }: RequestView): boolean {
  return state !== 'open' && state !== 'asked' && state !== 'answered';
}

/** Where one request stands, and whether that agrees with what its agent received. */
function accountFor(
  request: RequestView,
  { mark, agent }: Question,
  submissions: number,
  ledger: Ledger,
  figures: Figures,
  fail: Fail,
): void {
  const isDead = ledger.dead.has(agent);
  const { delivery } = request;
  if (request.answer !== null || delivery !== null) figures.answers += 1;
  if (ledger.acknowledged.has(mark) && request.answer === null && delivery === null && request.late.length === 0) {
    fail('losses', `the answer to ${mark} was taken from a human and is nowhere`);
  }
  if (delivery !== null && isDoubtful(delivery)) {
    if (!ledger.doubts.some((doubt) => doubt.delivery === delivery.id)) {
      figures.uncertain += 1;
      figures.uncertainButSubmitted += submissions;
      if (!ledger.told.has(request.id)) fail('untold', `${mark} is ${delivery.state.is}, and no human was told`);
    }
    if (request.state === 'settled' && submissions === 0) fail('losses', `${mark} was confirmed, and never came`);
    if (request.state === 'asked' && !isDead) fail('losses', `${mark} of ${agent} still waits for a human's word`);
    return;
  }
  switch (request.state) {
    case 'delivered':
    case 'settled':
      if (submissions === 0) fail('losses', `${mark} counts as ${request.state}, and ${agent} never got it`);
      return;
    case 'answered':
      if (submissions > 0) fail('losses', `${mark} was submitted, and counts as ${delivery?.state.is}`);
      else if (isDead && delivery?.state.is === 'held') figures.heldForHuman += 1;
      else fail('losses', `${mark} of ${agent} has not come to an end`);
      return;
    case 'asked':
    case 'open':
      if (!isDead) fail('losses', `${mark} of ${agent} still waits`);
      return;
    default:
      if (!isDead) fail('losses', `${mark} of ${agent} was given up`);
  }
}

export function isDoubtful({ state }: Delivery): boolean {
  return state.is === 'uncertain' || state.is === 'typed-not-submitted';
}

/** One that names several marks stands at each of them. */
function requestsByMark(requests: readonly RequestView[]) {
  const byMark = new Map<string, RequestView[]>();
  for (const request of requests) {
    const marks = new Set(request.text.match(new RegExp(markPattern, 'g')));
    for (const mark of marks) byMark.set(mark, [...(byMark.get(mark) ?? []), request]);
  }
  return byMark;
}

function inputsByMark(ledger: Ledger, stray: (agent: string, text: string) => void) {
  const inputs = new Map<string, Array<{ agent: string; text: string }>>();
  for (const [agent, facts] of ledger.facts) {
    for (const { input } of facts) {
      if (input === undefined || input === anotherInput) continue;
      const mark = markPattern.exec(input)?.[0];
      if (mark === undefined) stray(agent, input.slice(0, 80));
      else inputs.set(mark, [...(inputs.get(mark) ?? []), { agent, text: input }]);
    }
  }
  return inputs;
}

function describe({ id, state, status, delivery, pane }: RequestView): string {
  return `request ${id} of ${pane} is ${state} (${status}); its delivery is ${JSON.stringify(delivery?.state ?? null)}`;
}

export function addFigures(sum: Figures, more: Figures): Figures {
  const keys = Object.keys(sum) as Array<keyof Figures>;
  return Object.fromEntries(keys.map((key) => [key, sum[key] + more[key]])) as Figures;
}
