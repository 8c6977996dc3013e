import { foreignDone } from './languages.ts';
import type { Sentence } from './sentences.ts';

/**
 * What a sentence says of the work:
 *
 *   done      it is concluded: "I've fixed the race.", "All tests pass."
 *   failed    it could not be
 *   ongoing   more of it is coming, from the agent itself
 */
export interface Progress {
  readonly is: 'done' | 'failed' | 'ongoing' | 'no';
  readonly rule: string;
}

export function progressOf({ bare, asks }: Sentence): Progress {
  if (asks || bare === '') return { is: 'no', rule: 'not-said' };
  if (ongoing.test(bare) && !harmless.test(bare)) return { is: 'ongoing', rule: 'still-going' };
  if (failed.some((pattern) => pattern.test(bare)) && !excused.test(bare)) return { is: 'failed', rule: 'failure' };
  const found = done.find(([, pattern]) => pattern.test(bare));
  if (found)
    return unfinished.test(bare) || isSubordinate(bare, found[1])
      ? { is: 'no', rule: 'not-concluded' }
      : { is: 'done', rule: found[0] };
  return foreignDone.test(bare) ? { is: 'done', rule: 'foreign-done' } : { is: 'no', rule: 'statement' };
}

/** The match stands in a clause that begins with `when`, `once`, `because` … */
function isSubordinate(bare: string, pattern: RegExp): boolean {
  const match = pattern.exec(bare)!;
  return subordinate.test(bare.slice(0, match.index + match[0].length));
}

const subordinate =
  /\b(?:as soon as|once|when(?:ever)?|after|until|if|whether|because|since|unless|while|where|how|why|before)\b[^,;:]*$/;

/** A list item that names a change: "Added a retry", "`src/a.ts`: moved the parser". */
export function isChange({ bare }: Sentence): boolean {
  return change.test(bare) && !unfinished.test(bare);
}

/** A heading over a list of what was changed. */
export const changesHeading =
  /^(?:(?:the |key |main |file |code |summary of )*(?:changes|updates|fixes|edits|modifications)(?: made| applied)?|(?:here's |here is )?what (?:i |i've |was |has been |has )?(?:did|changed|done|was done|fixed|added)|files? (?:changed|modified|updated|created|touched|added)|(?:changed|modified|updated|created|new) files|summary|highlights|implementation|completed|done)\b[^.?]{0,40}[:：]?\??$/;

const work =
  'added|implemented|fixed|updated|removed|deleted|created|refactored|renamed|moved|replaced|rewrote|rewritten|migrated|upgraded|bumped|converted|extracted|introduced|wired|documented|corrected|resolved|patched|merged|committed|pushed|published|deployed|released|installed|configured|enabled|disabled|cleaned|simplified|split|optimi[sz]ed|formatted|generated|built|wrote|written|set up|restored|reverted|adjusted|changed|improved|hardened|extended|completed|finished|shipped|landed|ported|translated|tightened|dropped|switched|tagged|rebased|squashed|applied|registered|integrated|made|saved|exported|uploaded|scaffolded|addressed|cleared|consolidated|deduplicated|centrali[sz]ed|parametri[sz]ed|parameteri[sz]ed|normali[sz]ed|standardi[sz]ed|moderni[sz]ed|repaired|stubbed|mocked|linted|aligned|hooked|swapped|unified|inlined|hoisted|reworked|reorgani[sz]ed|restructured|modified|archived|initiali[sz]ed|provisioned|rotated|synced|regenerated|rebuilt|pinned|bundled|drafted|reduced|increased|reformatted|silenced|guarded|covered|marked|ensured|cut|put|done|sorted|cherry-picked|relaxed|memoi[sz]ed|batched|opened|closed|handled|passed|validated|verified|trimmed|tuned|threaded|filled|redirected|escaped|sanitized|throttled|debounced|lifted|collapsed|flattened|prefixed|backported|vendored|typed|annotated|instrumented|localized|styled|resized|compressed|encrypted|seeded|backed up|exposed|gated|isolated|decoupled|factored|loosened|suppressed|excluded|rewired|polished|tidied|automated|gave|taught|lowered|raised|allowed|prevented|stopped';

/** Verbs of looking and trying: to have done them concludes nothing. */
const looking =
  'looked|checked|reviewed|analy[sz]ed|searched|explored|traced|investigated|inspected|noticed|scanned|studied|considered|tried|attempted|started|paused|waited|wanted|needed|assumed|failed|skipped|encountered|expected|hoped|intended|planned|identified|discovered|learned|walked|compared|reproduced|asked|examined|used|mentioned|described|listed|explained|included|proposed|suggested|outlined|noted|stopped|detected|determined|narrowed|located|tracked|figured|called|referenced|experienced|seemed|cloned|loaded|fetched|gathered|collected|interested|confirmed|located|summarized|summarised|not|never|opened';
const change = new RegExp(`^(?:.{0,80}(?:[:—–]| - ) ?)?(?:now |also )?(?:${work})\\b`);
const have =
  "(?:i|we)(?:'ve| have)?(?: (?:just|now|also|already|successfully|since|then|both|finally|fully|temporarily|additionally|gone ahead and|went ahead and))*";
const ended =
  'done|complete|completed|finished|fixed|resolved|implemented|in place|ready|live|deployed|merged|up and running|working|set(?: up)?|sorted|green|clean|up to date|updated|installed|configured|gone|wired up|all set|good to go|passing|applied|pushed|committed|through|up|finalized|migrated|closed|shipped|removed|solved';

type Pattern = readonly [rule: string, pattern: RegExp];

const done: readonly Pattern[] = [
  [
    'done',
    /^(?:(?:ok|okay|great|alright|perfect|yes|yep|and)[,.!—–-]* )*(?:all |now |we're |you're |i'm |we are |i am |it's |that's |everything(?:'s| is) |this is |task |is )*(?:done|finished|complete|completed|all set|good to go|mission accomplished|fixed|resolved|implemented|deployed|merged|pushed|committed|shipped|task complete\w*|ready for review)(?: now| here| too| as requested| successfully| and \w+[^.]*)?(?:[.!:,;—–-]|$)/,
  ],
  ['i-did', new RegExp(`\\b${have} (?:${work})\\b`)],
  [
    'i-have',
    new RegExp(
      `\\b(?:i|we)(?:'ve| have)(?: (?:just|now|also|already|successfully|since|then|finally|fully))* (?!(?:${looking})\\b)(?:\\w{2,}ed|run|ran|put|set|taken|brought|given|left|kept|got|gotten)\\b`,
    ),
  ],
  [
    'did',
    new RegExp(
      `^(?:(?:successfully|also|now|just|then|finally|and)[,]? )*(?:${work})\\b(?! (?:by|on|in (?:v|\\d)|at|of|properly|correctly)\\b)(?=.* |[.:])`,
    ),
  ],
  ['did', /^(?:successfully|also|now) \w+ed\b/],
  [
    'has-been',
    /\b(?:has|have) (?:now |all |both |also |already |successfully |just )*been (?:now |successfully |fully )*(?!blocked|rejected|deprecated|broken|denied|reported|open|known|there|around|affected|identified|failing|disabled by|running)(?:\w+ed|rewritten|split|set|built|written|made|put|cut|brought)\b/,
  ],
  [
    'is-now',
    new RegExp(
      `\\b(?:is|are|'s|'re) (?:now|all|both|already|finally) (?:fully |all |back |also )*(?:${ended}|\\w+ed|rewritten|split|built|in |on |using|able|\\w+ing)\\b`,
    ),
  ],
  [
    'is-done',
    new RegExp(
      `^(?!(?:if|when|once|after|until|this is how|that's how|what|a:|no,)(?!\\w)).{2,120}(?:\\b(?:is|are|looks|was|were)|\\w's) (?:\\w+ed [^.]{0,40}\\band )?(?:fully |all |both |successfully |in )?(?:${ended})(?: again)?(?=[.!]|$|,? and |, | with no | with all | (?:on|in) (?:the )?(?:branch|main|master|staging|\\W?q{2,})| for (?:review|you)|:| —| –| to (?:merge|review|ship|use|go)| across)`,
    ),
  ],
  [
    'tests-pass',
    /\b(?:tests?|suite|specs?|checks?|builds?|ci|lint\w*|type-?check\w*|typecheck|pipeline|everything|q{3,}|\d+\/\d+|\d+ (?:of \d+ )?(?:tests|specs))\b\W?(?: \w+){0,3}? (?:now |all |still |both )*(?:pass|passes|passed|passing|succeeds?|succeeded|green|clean|compiles?)\b(?! (?:because|since|when|if|only|locally|on my|through|in|the|a)\b)/,
  ],
  [
    'works-now',
    /\b(?:now|no longer) (?:also |correctly |properly |only |fully |cleanly )*(?!that|the|i\b|we|you|it|is\b|and|in\b|on\b|let|be\b|fails|failing|a\b|an\b|this|there|because|necessary|needed|maintained|supported|available|recommended|used)(?:\w+s\b|work|use|return|pass|run|support|show|throw|crash|leak|fail|handle|go|read|have|live|share|accept|reject|log|block|appear)\b/,
  ],
  [
    'concluded',
    /\b(?:task|work|migration|refactor\w*|implementation|fix|feature|upgrade|setup|release|deployment|rollout|cleanup|review|audit|conversion|change|changes|update|installation|port|rewrite|build|pr|branch|patch)\b (?:\w+ ){0,4}?(?:is |are |was |has |have |were )?(?:been )?(?:now |all |fully |successfully )*(?:complete|completed|done|finished|in place|landed|live|ready(?: for review| to merge)?|merged|shipped|succeeded)(?=[.!,;:]|$| and| with (?:no|all|zero)| on )/,
  ],
  [
    'concluded',
    /^(?:that|this|which) (?:completes|concludes|finishes|wraps up|closes|takes care of|covers everything|should (?:fix|resolve|do it|take care))\b|\b(?:nothing (?:else |more |left )?(?:left |remains )?to do|no further (?:changes|work|action)s? (?:are |is )?(?:needed|required)|here's the finished|that's (?:it|all|everything) (?:done|for)?)/,
  ],
  [
    'works',
    /^(?:it|this|everything|the (?:\w+ ){0,2}\w+)(?: now)? (?:works|runs|builds|compiles|boots|starts)(?: now| again| as (?:expected|intended)| correctly| fine| end to end)*[.!:]?$/,
  ],
  [
    'i-did',
    new RegExp(
      `\\b${have} (?:set|turned|pulled|brought|sent|hid|tied|took|taken|folded|threw|cleaned|filled)\\b(?! (?:a look|another look|it for|time))`,
    ),
  ],
  [
    'did',
    /^(?!.*\b(?:to be|not|no|never|is|are|was|were|be|if|when|once|how|why|can|will)\b)(?:[\w'/-]+ ){1,5}(?:fixed|added|removed|updated|completed|implemented|resolved|merged|deployed|created|renamed|migrated|done|replaced)[.:!]?$/,
  ],
  ['is-now', /\b(?:is|are) \w+ed (?:to|in|into|with|through|on|from) the new\b/],
  ['label', /^(?:status|result|task|state|outcome|verdict): (?:done|completed?|finished|success\w*|green|fixed|ok)\b/],
  ['here-is', /^(?:here|there) you (?:go|are)\b|^success[.!]/],
  [
    'works-now',
    /^(?:the|all|both|it|this|every|each|your)\b(?!.*\b(?:right|for|until|by|till) now\b).* now(?=[.,!]|$)|\bthere(?:'s| is| are) now\b|\bshould (?:now|no longer)\b|\bshould (?:work|be (?:fixed|resolved|working|good)) now\b/,
  ],
  [
    'is-done',
    /^(?:all|both|every\w*|each)\b.{1,80}\b(?:is|are) (?:migrated|converted|updated|renamed|replaced|removed|deleted|covered|moved|fixed|closed|addressed|handled|translated|typed|documented)\b/,
  ],
  [
    'is-done',
    /^(?:the|your)\b.{1,60}\b(?:is|are) (?:updated|renamed|migrated|rebuilt|refactored|rewritten|reverted|fixed|corrected|bumped|upgraded|repaired|reworked|reorgani[sz]ed|tidied|cleaned up)\b(?! (?:every|each|by|on|in (?:a\b|the background|memory|place|v?\d)|when|after|lazily|automatically|only|at|before|if|as soon|once|during))/,
  ],
  ['you-can', /\b(?:you can now|now you can|you're now able)\b|\bcan now (?:be )?\w+/],
  ['is-now', /^(?:all|every|both)\b.{1,60}\b(?:is|are|have|has|uses?) (?:on |in |using )?(?:the|its|their|a) new\b/],
  ['here-is', /^here(?:'s| is| are) (?:the |your |a )?(?:final|finished|updated|completed|new|implemented)\b/],
];

const unfinished =
  /\b(?:so far|(?:nothing|none|neither|no \w+) (?:has|have|was|were|is|are) .*\b(?:yet|changed|touched)|not (?:yet )?(?:\w+ )?(?:done|finished|complete|been|fully|all|every)|almost|nearly|half(?:way)?|partially|partly|mostly|about \d+ ?%|\d+ ?%|(?:will|would|should(?! be (?:fixed|resolved|working|good) now)|could|might|may|must|can|to|needs? to|have to|has to|going to|isn't|aren't|hasn't|haven't|cannot|can't|won't|wouldn't) (?:be|get|have been|been|have)?\b ?(?:done|finished|complete|completed|fixed|implemented|added|resolved|merged|deployed)|(?:done|handled|implemented|fixed|added|resolved|created|generated|introduced|completed|finished|written|removed|merged|called|set|updated|deployed) (?:by|via|through|inside|upstream|last|in (?:v?\d|version|the \w+ release|january|february|march|april|may|june|july|august|september|october|november|december|qq?)|on (?:every|each|startup|mount|monday|friday)|at (?:startup|runtime|build|compile|boot)|lazily|automatically|each|every time)|is (?:how|why|where|when|what)|had (?:been )?\w+ed|(?:has|have) been \w+ .*\b(?:since|for (?:years|months|a long|the last))\b|been \w+ since|part of the|of (?:the )?(?:two|three|four|five|six|seven|eight|nine|ten)\b.*\b(?:done|complete\w*|migrated|finished|fixed|converted)|(\d+) (?:out )?of (?:the )?(?!\1\b)\d+ \w+|(?:when(?:ever)?|once|if|until|after|before) (?:it|that|this|the \w+|everything|all|they)(?: is|'s| are|'re| has)? (?:\w+ )?(?:done|complete|completed|finished|ready|fixed|merged|deployed|pass(?:es)?))\b|^(?:(?:and|but|then|now|also),? )?(?:if|when(?:ever)?|once|after|until|unless|as soon as|assuming|suppose|before|while|because|since|why)\b(?!.*, (?:i've|i (?:added|fixed|updated|removed|changed|implemented|made)))/;

const ongoing =
  /^(?:(?:now|next|then|and|so|after that|ok|okay|great|good|alright|perfect|meanwhile|from here|afterwards|first)[,:.]? )*(?:i(?:'ll| will)\b|i(?:'m| am) (?:still \w+ing|now \w+ing|currently \w+ing|going to|about to|working|running|checking|looking|investigating|starting|continuing|moving|proceeding|testing|writing|fixing|implementing|updating|trying)\b|(?:re-?)?(?:running|checking|testing|updating|fixing|writing|investigating|verifying|building|installing|looking)\b (?:at |into |for |on )?(?:the|it|this|that|all|an?|my|both|`)(?!.* (?:required?s?|needs?|needed|means|meant|involve[sd]?|shows?|showed|pass\w*|confirms?|confirmed|gives?|gave|works?|returns?|prints?|takes?|took|is|are|was|were|succeed\w*)\b)|let me\b|let's\b|proceeding|continuing|moving on|working on|starting on|still (?:\w+ing|to do|to go|open|pending|missing|need)|remaining\b|to do\b|todo\b|in progress|up next|next up|next(?: step)?: i|next i\b|not (?:yet )?done|left to do|(?:steps?|phase|part) \d+ (?:is )?(?:next|in progress|remain)|now (?:to|for) the|on to )|\b(?:next|now|then),? i(?:'ll| will|'m going to)\b|\b(?:is|are) (?:still |currently )+(?:running|in progress|pending|building|underway|being)\b|\b(?:still need to|remains? to be|i still have to|more to (?:do|come)|work in progress)\b/;

/** Looks like more to come, and is none. */
const harmless =
  /\blet me (?:know|explain|summar\w+|note|also note|recap|stress|add)\b|\bi(?:'m going to| will|'ll) (?:stop|leave|wait)|\bi(?:'ll| will) (?:wait|stand by|leave|keep an eye|be here|hold|stop here|let you)|\bi(?:'m| am) (?:happy|glad|ready|confident|done|finished|all|not|assuming|leaving|waiting|stopping|pausing|wrapping)|\bremaining (?:risk|risks|caveat|warnings?|todo|usages?)|\bif you\b|^next steps?\b(?!: i)|still (?:pass|work)\w*|^to do (?:this|that|so)\b|^let's (?:talk|discuss)/;

const failed: readonly RegExp[] = [
  /\b(?:i|we) (?:could(?:n't| not)|can(?:'t|not| not)|was(?:n't| not) able to|am (?:not able|unable) to|were unable to|was unable to|failed to|had to (?:stop|abort|give up|revert)|gave up|ran out|stopped (?:before|short|without|because|at|when))\b(?! (?:run|test|verify|check|execute|measure|find any|see any|think of|benchmark|include|manually|also|reproduce .* (?:any ?more|again)))/,
  /\b(?:i|we) (?:did(?:n't| not)|haven't|have not)\b(?: yet| been able to)? (?:finish\w*|complete\w*|manage\w*|get|got|fix\w*|solve\w*|reach\w*|implement\w*|succeed\w*|start\w*|found|find (?:a|the)|ma[dk]e (?:any|it))\b/,
  /\b(?:still|currently|keeps?|continues? to) (?:fail\w*|broken|red|crash\w*|error\w*|not work\w*|not |hang\w*|flaky|return\w* [45]\d\d)\b/,
  /\b(?:not|isn't|aren't|hasn't been|wasn't|haven't been) (?:yet )?(?:fully )?(?:done|finished|complete|completed|working|fixed|implemented|ready|resolved)\b/,
  /\b(?:i'm|i am|we're) (?:still )?(?:blocked|stuck)\b/,
  /\b(?:[1-9]\d*|one|two|three|four|five|several|some|many|most|all)(?: of (?:the |\d+ )?\w*)?(?: \w+)? (?:tests?|specs?|checks?|suites?|jobs?)?\s?(?:are |is |still |now )*(?:fail(?:ed|ing|s)?|red)\b/,
  /\b(?:with|are|were|reports?|shows?|has|have|still|got|and) [1-9]\d* (?:\w+ )?(?:errors?|failures?)\b/,
  /\b(?:build|deploy\w*|install\w*|migration|command|tests?|job|pipeline|run|push|request|upload|rollout|attempt|it|that|compilation) (?:has |have )?(?:failed|aborted|crashed|timed out|errored|exited with)\b|\b(?:build|deploy\w*|tests?|code|migration|command|fix|patch) (?:did not|didn't|does not|doesn't|do not|don't) (?:build|compile|work|pass|start|apply|finish|succeed|help|run)\b|^(?:failed\b|aborted\b|interrupted\b|unable to|error:)/,
];

/** A failure that is not this task's. */
const excused =
  /pre-?existing|unrelated|known (?:issue|fail)|before my change|not caused by|also fails? on (?:main|master)|same failures? on|(?:no|0|zero|without|instead of|used to|would|no longer|previously|used) (?:\w+ )?(?:fail|error|crash)|\bwhen it failed|\b(?:why|because|where|that|which) .{0,40}failed\b.{0,60}\bfixed|\b(?:fixed|fixes|resolved|repaired|corrected|addressed|handled|cleared|handles|catches|throws)\b(?!.*\b(?:but|however|still|though)\b)/;
