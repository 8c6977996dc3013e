import { concludesAbroad } from './languages.ts';
import type { Sentence } from './sentences.ts';
import { authored, ended, have, irregular, looking, work } from './verbs.ts';

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
  const found = done.filter(([, pattern]) => pattern.test(bare));
  const main = found.find((one) => !isSubordinate(bare, one));
  if (main && !unfinished.test(bare)) return { is: 'done', rule: main[0] };
  if (found.length > 0) return { is: 'no', rule: 'not-concluded' };
  return concludesAbroad(bare) ? { is: 'done', rule: 'foreign-done' } : { is: 'no', rule: 'statement' };
}

/** The match stands in a clause that begins with `when`, `once`, `because` … */
function isSubordinate(bare: string, [rule, pattern]: Pattern): boolean {
  const match = pattern.exec(bare)!;
  if (rule === 'better-than') return false;
  const before = bare.slice(0, match.index + match[0].length);
  return subordinate.test(before) || (!rule.startsWith('i-') && postposed.test(before));
}

const subordinate =
  /\b(?:as soon as|once|when(?:ever)?|after|until|if|whether|because|since|unless|while|where|how|why|before|means?|implies|assumes)\b[^,;:]*$/;

/** A clause that follows its main clause goes on to the end of the sentence, over commas. */
const postposed = /^(?:[^\s,;:]+ ){2,}(?:when(?:ever)?|if|once|until|as soon as|unless) [^;:—–]*$(?<!, (?:but|so)\b.*)/;

type Pattern = readonly [rule: string, pattern: RegExp];

const done: readonly Pattern[] = [
  [
    'done',
    /^(?:(?:ok|okay|great|alright|perfect|yes|yep|and)[,.!—–-]* )*(?:all |now |we're |you're |i'm |we are |i am |it's |that's |everything(?:'s| is) |this is |task |is )*(?:done|finished|complete|completed|all set|good to go|mission accomplished|fixed|resolved|implemented|deployed|merged|pushed|committed|shipped|task complete\w*|ready for review|reverted|undone|released|published|rebased|renamed|removed|all green|all good|all clean|all clear|green|it works|works)(?: now| again| here| too| as requested| successfully| and \w+[^.]*)?(?:[.!:,;—–-]|$)/,
  ],
  [
    'i-did',
    new RegExp(
      `\\b${have} (?!opened\\b(?!.*(?:\\bprs?\\b|pull request|merge request|\\bmr\\b|issue|ticket|#)))(?:${work})\\b`,
    ),
  ],
  [
    'i-have',
    new RegExp(
      `\\b(?:i|we)(?:'ve| have)?(?: (?:just|now|also|already|successfully|since|then|finally|fully))* (?!(?:${looking})\\b)(?:\\w{2,}ed|ran(?! (?:(?:all|both|each|some|most|of|the|your|whole|full|entire|complete|same|existing|\\d+|[\\w-]+) ){0,4}?(?:suites?|tests?|specs?|benchmarks?|profiler|query|queries|checks?|linter|audit|scan|analysis|numbers)\\b)|taken|brought|given|left|kept|got|gotten)\\b(?! to\\b)|\\b(?:i|we)(?:'ve| have) (?:run|put|set)\\b`,
    ),
  ],
  [
    'i-did-and',
    new RegExp(
      `^(?:i|we)(?:'ve| have)? (?!(?:can|could|will|would|should|don't|do|am|might|may|need|think)\\b)\\w+[^.;:?]{2,160}(?:,| and|, and)(?: then| also)? (?:${work})\\b(?! by\\b)`,
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
    new RegExp(
      `\\b(?:has|have) (?:now |all |both |also |already |successfully |just )*been (?:now |successfully |fully )*(?!blocked|rejected|deprecated|broken|denied|reported|open|known|there|around|affected|identified|failing|disabled by|running)(?:\\w+ed|taken care of|dealt with|${irregular})\\b`,
    ),
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
      `^(?!(?:if|when|once|after|until|this is how|that's how|what|a:|no,|in (?:version|release|v?\\d[\\d.]*))(?!\\w)).{2,120}(?:\\b(?:is|are|looks|was|were)|\\w's) (?:\\w+ed [^.]{0,40}\\band )?(?:fully |all |both |successfully |in )?(?:(?!(?:set|configured|installed|implemented|applied|closed) in \\W?q{2,})(?:${ended}))(?: again)?(?=[.!]|$|,? and |, | with no | with all | (?:on|in) (?:the )?(?:branch|main|master|staging|\\W?q{2,})| for (?:review|you)|:| —| –| to (?:merge|review|ship|use|go)| across)`,
    ),
  ],
  [
    'tests-pass',
    /\b(?:tests?|suite|specs?|checks?|builds?|ci|lint\w*|type-?check\w*|typecheck|pipeline|everything|q{3,}|\d+\/\d+|\d+ (?:of \d+ )?(?:tests|specs))\b\W?(?: \w+){0,3}? (?:now |all |still |both )*(?:pass|passes|passed|passing|succeeds?|succeeded|green|clean|compiles?)\b(?!.{0,40}, but (?!i\b|there|note|you|that|it))(?! (?:because|since|when|if|only|locally|on my|through|in|the|a)\b)/,
  ],
  [
    'verified',
    /^(?!.*\b(?:so far|before(?!:)|previously|baseline|first run|expected|without)\b)(?:(?:[\w'`/.-]+ ){0,4}?[\w'`/.-]+(?::| —| –| ->| →| is at| at| says| reports?| comes back with| shows|,) )?(?:(\d+)\/\1(?!\d)|(?:all )?\d+ (?:\w+ ){0,2}(?:passed|passing|pass|ok|green|succeeded)\b(?!.*\b[1-9]\d* (?:\w+ ){0,2}fail)|exit (?:code|status) 0\b|(?:\d+ \w+, )?(?:0|no|zero) (?:\w+ ){0,2}(?:failures|failed|failing|errors|warnings|regressions|problems|violations|issues of|offen[cs]es)\b|(?:all )?(?:clean|green|passes|passed|passing|ok)(?=[.!,;]|$))/,
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
    'concluded',
    /^(?:[\w'-]+ ){0,4}(?:fix|fixes|change|changes|patch|feature|migration|upgrade) (?:is|are) in(?=[.:!,;]|$)/,
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
  [
    'did',
    new RegExp(
      `^(?!.*\\b(?:to be|not|no|never|is|are|was|were|be|been|if|when|can|will|must|should|may|has|have|passed|stopped)\\b)(?:[\\w'\`/-]+ ){1,4}(?:${work}|${authored})(?:,(?: and)? (?:[\\w'\`/-]+ ){1,5}(?:${work}|${authored}))*[.!]?$`,
    ),
  ],
  [
    'did',
    new RegExp(
      `^(?!.*\\b(?:to be|not|no|never|is|are|was|were|be|been|if|when|once|how|why|can|will|must|should|may|has|have|gets?)\\b)(?:[\\w'\`/-]+ ){1,4}(?:${work}|${authored}) (?:to|into|in|from|with|for) \\S+(?: \\S+){0,2}(?: \\([^)]*\\))?[.!]?$`,
    ),
  ],
  ['is-now', /\b(?:is|are) \w+ed (?:to|in|into|with|through|on|from) the new\b/],
  ['label', /^(?:status|result|task|state|outcome|verdict): (?:done|completed?|finished|success\w*|green|fixed|ok)\b/],
  [
    'all-done',
    /^(?:all|both|every) (?:\w+ ){0,3}(?:complete|completed|done|finished|fixed|resolved|merged|green|passing|addressed|implemented)(?=[.!:,;]|$)/,
  ],
  [
    'did-it-to',
    new RegExp(
      `^(?:(?:also|then|and|so|instead|just|simply)[,]? )*(?!(?:${looking}|based|compared|given)\\b)(?:\\w{2,}ed|took|threw|put|made|gave|brought|cut|wrote|rewrote|built|drew|kept|got|set|swept|split|undid|redid) (?:in |out |up |down |off |back |away |over |together )?(?:it|them|that|this|these|those|the|its|their|both|all|each|every|two|three|four|five|\\d+|an?)\\b(?! look\\b)(?! (?:test|request|item|user|job|call|time|value|event|message|row|file)s? (?:is|are|was|has|gets?|goes|must|can|will)\\b)`,
    ),
  ],
  ['here-is', /^(?:here|there) you (?:go|are)\b|^success[.!]/],
  [
    'works-now',
    /^(?!(?:starting|beginning|turning|picking|taking|going|heading|switching|proceeding|working|trying|running|i|i'm|we|you|there|right|so|but|and|let|see|if|when|for|until|what|how|why|by|that|nothing)\b)(?!.*\b(?:right|for|until|by|till|makes sense) now\b).* now(?=[.,!;:—–]|$)|\bthere(?:'s| is| are) now\b|\bshould (?:now|no longer)\b|\bshould (?:work|be (?:fixed|resolved|working|good)) now\b/,
  ],
  [
    'is-done',
    /^(?:all|both|every\w*|each)\b.{1,80}\b(?:is|are) (?:migrated|converted|updated|renamed|replaced|removed|deleted|covered|moved|fixed|closed|addressed|handled|translated|typed|documented)\b/,
  ],
  [
    'is-done',
    /^(?:the|your)\b.{1,60}\b(?:is|are) (?:updated|renamed|migrated|rebuilt|refactored|rewritten|reverted|fixed|corrected|bumped|upgraded|repaired|reworked|reorgani[sz]ed|tidied|cleaned up)\b(?! (?:every|each|by|on|in (?:a\b|the background|memory|place|v?\d)|when|after|lazily|automatically|only|at|before|if|as soon|once|during))/,
  ],
  [
    'you-can',
    /\b(?:you can now|now you can|you're now able)\b(?! (?:see|notice|observe|tell|imagine|guess)\b)|\bcan now (?!see\b|notice\b|observe\b|tell\b|imagine\b|guess\b)(?:be )?\w+/,
  ],
  [
    'is-now',
    /^(?:all|every|both)\b.{1,60}\b(?:is|are|have|has|uses?|loads?|reads?|runs?|goe?s?|points?|comes?|talks?|writes?|calls?) (?:on |in |using |from |through |to |via |over |against |into )?(?:the|its|their|a) new\b/,
  ],
  [
    'commit',
    /^(?:\W?\w+\W? )?(?:commit|committed|merged|pushed) [0-9a-f]{7,40}(?::| \w+(?:\([^)]*\))?!?:)|\b(?:committed|pushed|merged|landed|tagged|published|released|deployed|filed|opened) (?:it |this |that )?as (?:`|#|v?\d|[0-9a-f]{7})/,
  ],
  [
    'is-done',
    new RegExp(
      `^(?!(?:if|when|once|after|until|what|in this|on|at|every)\\b)(?!.*\\b(?:when(?:ever)?|if|every|each|after|once|unless|always|usually|normally|automatically|never|not|by)\\b).{2,100} (?:is|are) (?:${authored})\\b(?! (?:in|as|with|under|using|on|via|through|at|inside|against|for)\\b)(?<!written(?= (?:to|into)\\b))`,
    ),
  ],
  [
    'as-before',
    /^(?!(?:if|when|once|after|then|next|and then)\b)(?!.*\b(?:when(?:ever)?|if|every|each|after|once|unless|will|would|then|may|might|could|until|try|tries|retr\w+|not|never)\b)(?:[\w'/-]+ ){1,8}?(?!is\b|was\b|has\b)(?:\w{2,}s|are|work|run|show|pass|match|build|compile|start|load|open|appear|get|have|agree) (?:[\w'/-]+ ){0,6}again(?=[.,;:!]|$)/,
  ],
  [
    'better-than',
    /^(?!.*\b(?:if|would|could|might|may|can|will|typically|usually|compared (?:with|to) (?:last|the previous)|last (?:week|month|year|quarter)|clue|cause|reason|symptom|culprit|suspect\w*)\b)\S+ .*(?:\b(?:down|up|reduced|cut|shrunk|dropped|grown|went|fell) from \W?\d.{0,30} to \W?\d|\d.{0,25}(?:instead of|rather than|, (?:down|up) from|\bdown from|\bup from|, was|\(was|, before it was|as against)\W*(?:about |around |the |over |nearly )*\d|\b(?:where|that|which|instead of what|than|what) (?:it |they |we |there |the \w+ )?used to\b|\b(?:faster|smaller|lower|shorter|quicker|fewer|less|lighter|cheaper|better)\b.*\b(?:now that|than before|than it was)\b)/,
  ],
  ['tag', /[;,—–] (?:fixed|done|merged|pushed|deployed|reverted|shipped|committed)(?: and \w+ed)*(?=[.!]|$)/],
  [
    'gone',
    /^(?:there (?:is|are) )?no more (?!than\b)\w+.*|\b(?:is|are) no more(?=[.,;:]|$)|\b(?:has|have) gone(?=[.,;:]|$| from\b)/,
  ],
  [
    'was-done',
    new RegExp(
      `^(?!.*\\b(?:no|not|nothing|none|never|by|had|that|which|who|because|when|if|before|after|last|ago|earlier|originally|previously|yesterday|always|until|once|on|in (?:v?\\d|version|release))\\b).{2,120} (?:was|were|got) (?:restarted|${work}|${authored})(?=[.,;:]|$| and\\b| too\\b| as well\\b| accordingly\\b)`,
    ),
  ],
  [
    'you-reported',
    /^(?:(?:and|so),? )?(?:that|this|which|it) (?:also )?(?:removes|fixes|eliminates|resolves|gets rid of|cures|solves|clears|closes|stops|prevents)\b.*\byou(?:'d|'ve| had| have)? (?:reported|saw|seen|mentioned|noticed|asked|described|were|hit|ran)\b/,
  ],
  [
    'went-through',
    /\b(?:migration|rollout|roll-out|deploy\w*|release|upgrade|build|import|export|backfill|restore|rebase|merge|job|update|cutover|switchover|sync) (?:itself )?(?:ran|went|came) (?:through|fine|well|cleanly|smoothly|without|back clean)\b/,
  ],
  ['is-out', /\b(?:is|are) live (?:in|on|at|for|across)\b/],
  [
    'is-out',
    /^(?:the |version |release )?v?[\w'. -]{1,60} (?:is|are) (?:now )?out(?=[.,;:!]|$| on\b| with\b| and\b| now\b)(?! of\b)/,
  ],
  [
    'did-it',
    /^(?:ok(?:ay)?,? )?(?:and )?that (?:did it|was it|was (?:all|the (?:problem|cause|culprit|last (?:one|piece|step))))\b(?=.*[:.;,—–])/,
  ],
  [
    'new-thing',
    /^(?:the|your|a) new (?:[\w'/-]+ ){1,5}?(?:lives|sits|is|are|live|sit) (?:in|at|under|next to|behind)\b|^(?:(?:the|your|a|an) )?(?:[\w'-]+ ){0,2}(?:runbook|guide|notes|report|write-?up|draft|proposal|diagram|handbook|post-?mortem|rfc|adr|memo|changelog entry|slides)(?: for [\w'. -]{1,30})? (?:is|are|lives|sits) (?:in|at|under) \W?q{2,}/,
  ],
  ['here-is', /^here(?:'s| is| are) (?:the |your |a )?(?:final|finished|updated|completed|new|implemented)\b/],
];

export const unfinished =
  /\b(?:so far|(?:to|into) (?:the|this) (?:chat|conversation|context)|(?:nothing|none|neither|no \w+) (?:has|have|was|were|is|are) .*\b(?:yet|changed|touched)|not (?:yet )?(?:\w+ )?(?:done|finished|complete|been|fully|all|every)|almost|nearly|without (?:changing|touching|modifying|editing) (?:anything|any|a (?:line|file))|(?:in|as) a dry run|half(?:way)?|partially|partly|mostly|about \d+ ?%|\d+ ?%|(?:will|would|should(?! be (?:fixed|resolved|working|good) now)|could|might|may|must|can|to|needs? to|have to|has to|going to|isn't|aren't|hasn't|haven't|cannot|can't|won't|wouldn't) (?:be|get|have been|been|have)?\b ?(?:done|finished|complete|completed|fixed|implemented|added|resolved|merged|deployed)|(?:done|handled|implemented|fixed|added|resolved|created|generated|introduced|completed|finished|written|removed|merged|called|set|updated|deployed) (?:by|via|through|inside|upstream|last|in (?:v?\d|version|the \w+ release|january|february|march|april|may|june|july|august|september|october|november|december|qq?)|on (?:every|each|startup|mount|monday|friday)|at (?:startup|runtime|build|compile|boot)|lazily|automatically|each|every time)|is (?:how|why|where|when|what)|had (?:been )?\w+ed|(?:has|have) been \w+ .*\b(?:since|for (?:years|months|a long|the last))\b|been \w+ since|part of the|of (?:the )?(?:two|three|four|five|six|seven|eight|nine|ten)\b.*\b(?:pass|passes|passed|passing|done|complete\w*|migrated|finished|fixed|converted)|(\d+) (?:out )?of (?:the )?(?!\1\b)\d+ \w+|(?:when(?:ever)?|once|if|until|after|before) (?:it|that|this|the \w+|everything|all|they)(?: is|'s| are|'re| has)? (?:\w+ )?(?:done|complete|completed|finished|ready|fixed|merged|deployed|pass(?:es)?))\b|^(?:(?:and|but|then|now|also),? )?(?:if|when(?:ever)?|once|after|until|unless|as soon as|assuming|suppose|before|while|because|since|why)\b(?!.*, (?:i've|i (?:added|fixed|updated|removed|changed|implemented|made)))/;

const ongoing =
  /^(?:(?:now|next|then|and|so|after that|ok|okay|great|good|alright|perfect|meanwhile|from here|afterwards|first)[,:.]? )*(?:i(?:'ll| will)\b|i(?:'m| am) (?:still \w+ing|now \w+ing|currently \w+ing|going to|about to|working|running|checking|looking|investigating|starting|continuing|moving|proceeding|testing|writing|fixing|implementing|updating|trying)\b|(?:re-?)?(?:running|checking|testing|updating|fixing|writing|investigating|verifying|building|installing|looking)\b (?:at |into |for |on )?(?:the|it|this|that|all|an?|my|both|`)(?!.* (?:required?s?|needs?|needed|means|meant|involve[sd]?|shows?|showed|pass\w*|confirms?|confirmed|gives?|gave|works?|returns?|prints?|takes?|took|is|are|was|were|succeed\w*)\b)|(?:starting|beginning) (?:with|on|by)\b(?!.* (?:is|are|was|were|gives?|means|shows?|works?)\b)|let me\b|let's\b|proceeding|continuing|moving on|working on|starting on|still (?:\w+ing|to do|to go|open|pending|missing|need)|remaining\b|to do\b|todo\b|in progress|up next|next up|next(?: step)?: i|next: (?!you)|next i\b|not (?:yet )?done|left to do|(?:steps?|phase|part) \d+ (?:is )?(?:next|in progress|remain)|now (?:to|for) the|on to )|\b(?:and|but|so) (?:i'm|i am|we're) (?:now )?(?:going to\b|about to\b|(?!waiting|leaving|assuming|stopping|pausing|holding|keeping|using|relying|wondering|asking|looking forward|seeing|getting)\w+ing\b)|\b(?:next|now|then),? i(?:'ll| will|'m going to)\b|\b(?:is|are) (?:still |currently )+(?:running|in progress|pending|building|underway|being)\b|\b(?:still need to|remains? to be|i still have to|more to (?:do|come)|work in progress)\b/;

/** Looks like more to come, and is none. */
const harmless =
  /\blet me (?:know|explain|summar\w+|note|also note|recap|stress|add)\b|\bi(?:'m going to| will|'ll) (?:stop|leave|wait)|\bi(?:'ll| will) (?:wait|stand by|leave|keep an eye|be here|hold|stop here|let you)|\bi(?:'m| am) (?:happy|glad|ready|confident|done|finished|all|not|assuming|leaving|waiting|stopping|pausing|wrapping)|\bremaining (?:risk|risks|caveat|warnings?|todo|usages?)|\bif you\b|^next steps?\b(?!: i)|still (?:pass|work)\w*|^to do (?:this|that|so)\b|^let's (?:talk|discuss)/;

const failed: readonly RegExp[] = [
  /\b(?:i|we) (?:could(?:n't| not)|can(?:'t|not| not)|was(?:n't| not) able to|am (?:not able|unable) to|were unable to|was unable to|failed to|had to (?:stop|abort|give up|revert)|gave up|ran out|stopped (?:before|after|short|without|because|at|when))\b(?! (?:try|confirm|exercise|run|test|verify|check|execute|measure|find any|see any|think of|benchmark|include|manually|also|reproduce .* (?:any ?more|again)))/,
  /\b(?:i|we) (?:did(?:n't| not)|haven't|have not)\b(?: yet| been able to)? (?:finish\w*|complete\w*|manage\w*|get|got|fix\w*|solve\w*|reach\w*|implement\w*|succeed\w*|start\w*|found|find (?:a|the)|ma[dk]e (?:any|it))\b/,
  /\b(?:still|currently|keeps?|continues? to) (?:fail\w*|broken|red|crash\w*|error\w*|not work\w*|not |hang\w*|flaky|return\w* [45]\d\d)\b/,
  /\b(?:not|isn't|aren't|hasn't been|wasn't|haven't been) (?:yet )?(?:fully )?(?:done|finished|complete|completed|working|fixed|implemented|ready|resolved)\b/,
  /\b(?:remaining|rest|others?|last)\b.{0,60}\b(?:haven't|hasn't|have not|has not) (?:yet )?been\b/,
  /\b(?:i'm|i am|we're) (?:still )?(?:blocked|stuck)\b/,
  /\b(?:stopped|interrupted|broke off|cut off|aborted|ended|died) (?:in the middle|half ?way|mid-?\w*|part ?way|part of the way)\b|[,;] (?:but )?(?:[^\s,;]+ ){1,4}(?:doesn't|don't|didn't|isn't|aren't|hasn't|haven't)[.!]?$/,
  /\b(?:[1-9]\d*|one|two|three|four|five|several|some|many|most|all)(?: of (?:the |\d+ )?\w*)?(?: \w+)? (?:tests?|specs?|checks?|suites?|jobs?)?\s?(?:are |is |still |now )*(?:fail(?:ed|ing|s)?|red)\b/,
  /\b(?:with|are|were|reports?|shows?|has|have|still|got|and) [1-9]\d* (?:\w+ )?(?:errors?|failures?)\b/,
  /\b(?:build|deploy\w*|install\w*|migration|command|tests?|job|pipeline|run|push|request|upload|rollout|attempt|it|that|compilation) (?:has |have )?(?:failed|aborted|crashed|timed out|errored|exited with)\b|\b(?:build|deploy\w*|tests?|code|migration|command|fix|patch) (?:did not|didn't|does not|doesn't|do not|don't) (?:build|compile|work|pass|start|apply|finish|succeed|help|run)\b|^(?:failed\b|aborted\b|interrupted\b|unable to|error:)/,
];

/** A failure that is not this task's. */
const excused =
  /\bfailing (?:\w+ ){1,2}(?:now |all |both )*(?:pass\w*|(?:is|are) (?:now )?(?:green|fixed|gone)|works?|succeeds?)\b|pre-?existing|unrelated|known (?:issue|fail)|before my change|not caused by|also fails? on (?:main|master)|same failures? on|(?:no|0|zero|without|instead of|used to|would|no longer|previously|used) (?:\w+ )?(?:fail|error|crash)|\bwhen it failed|\b(?:why|because|where|that|which) .{0,40}failed\b.{0,60}\bfixed|\b(?:fixed|fixes|resolved|repaired|corrected|addressed|handled|cleared|handles|catches|throws)\b(?!.*\b(?:but|however|still|though)\b)/;
