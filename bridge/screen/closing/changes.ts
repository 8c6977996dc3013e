import { unfinished } from './completions.ts';
import type { Said } from './said.ts';
import { authored, work } from './verbs.ts';

/** An item tells of the agent's work only as part of a list that does. */
export function isOwn(said: readonly Said[], at: number): boolean {
  const one = said[at]!;
  if (one.kind !== 'item') return !isPlanned(said, at) && !isUndoing(said, at) && !isMerelyRun(said, at);
  const items = said.filter(({ list }) => list === one.list);
  const intro = said[said.indexOf(items[0]!) - 1];
  if (intro && (plans.test(intro.bare) || intro.progress.is === 'ongoing')) return false;
  const telling = items.filter((item) => isChange(item) || item.progress.is === 'done').length;
  return telling * 2 >= new Set(items.map(({ passage }) => passage)).size;
}

/** Told of in the present below a heading that says it is planned or designed: "The old store is deleted." */
function isPlanned(said: readonly Said[], at: number): boolean {
  if (/\b(?:i|we)\b|\b(?:has|have) been\b/.test(said[at]!.bare)) return false;
  if (option.test(said[at]!.bare)) return true;
  if (said.some(({ passage, bare }) => passage === said[at]!.passage && supposed.test(bare))) return true;
  return said.slice(0, at).some(({ kind, bare }) => kind === 'heading' && planned.test(bare));
}

const option =
  /^(?:with |in |under )?(?:option|variant|approach|plan|phase|step|stage|alternative) (?:[a-h1-9]|one|two|three)\b/;

const supposed = /^(?:it|that|this|the whole thing|all of (?:it|this)) would (?:take|need|be|cost|mean|require|add)\b/;

const planned = /\b(?:plan|proposal|phases?|design|how it works|roadmap|proposed|options?|architecture|todo|next)\b/;

/** A failure, and then only the way back from it. */
function isUndoing(said: readonly Said[], at: number): boolean {
  return undoing.test(said[at]!.bare) && said.slice(0, at).some(({ progress }) => progress.is === 'failed');
}

const undoing =
  /^(?:so )?(?:i|we)(?:'ve| have)? (?:now |therefore |just |then )*(?:reverted|rolled back|aborted|restored|undone|undid|backed out|reset|stopped|cancelled|canceled|(?:put|set|moved|switched|went|gone) (?:\S+ ){0,3}back)\b(?!.*\b(?:fixed|passes?|green|works)\b)/;

/** The result of a run that was to change nothing. */
function isMerelyRun(said: readonly Said[], at: number): boolean {
  return ['verified', 'tests-pass'].includes(said[at]!.progress.rule) && untouched.test(said[at - 1]?.bare ?? '');
}

const untouched = /\bwithout (?:changing|touching|modifying|editing) (?:anything|any|a (?:line|file))\b|\bdry run\b/;

const plans =
  /\b(?:plan|steps?|would|will|todo|to do|release notes|changelog|version|v\d|history|checklist|progress|status|tickets?|issues?|bugs?|findings?|proposal|suggest\w*|recommend\w*|options?|so far|remaining|commits?|means|log)\b/;

/** A heading such as "Changes:", over a list that names them. */
export function isChanges(said: readonly Said[], at: number): boolean {
  const [heading, first] = [said[at]!, said[at + 1]];
  if (first === undefined || first.list === 0 || first.list === heading.list) return false;
  if (!changesHeading.test(heading.bare)) return false;
  const items = said.filter(({ list }) => list === first.list);
  return (
    items.some((item) => isChange(item)) ||
    /^(?:(?:key |main )?changes|files? (?:changed|modified|updated|created)|what i)/.test(heading.bare)
  );
}

/** A list item that names a change: "Added a retry", "`src/a.ts`: moved the parser". */
function isChange({ bare }: Said): boolean {
  return change.test(bare) && !unfinished.test(bare);
}

/** A heading over a list of what was changed. */
const changesHeading =
  /^(?:(?:the |key |main |file |code |summary of )*(?:changes|updates|fixes|edits|modifications)(?: made| applied)?|(?:here's |here is )?what (?:i |i've |was |has been |has )?(?:did|changed|done|was done|fixed|added)|files? (?:changed|modified|updated|created|touched|added)|(?:changed|modified|updated|created|new) files|summary|highlights|implementation|completed|done)\b[^.?]{0,40}[:：]?\??$/;

/** "Added a retry", "`src/a.ts`: moved the parser", "schema migrated", "retries (removed)". */
const change = new RegExp(
  `^(?:.{0,80}(?:[:—–]| - ) ?)?(?:now |also |all )?(?:${work}|${authored})\\b|^(?!.*\\b(?:to be|is|are|was|were|be|not|no|never|if|when|can|will|must|should)\\b)(?:[\\w'/.-]+ ){1,6}(?:${work}|${authored})(?=[.,;:!)]|$| (?:to|into|in|from|with|for|as|and)\\b)`,
);
