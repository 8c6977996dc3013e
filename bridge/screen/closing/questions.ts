import { foreignAsk, foreignCloser, foreignOpener } from './languages.ts';
import type { Sentence } from './sentences.ts';

/**
 * How much a sentence wants of the user:
 *
 *   ask      an answer, by itself: "Should I push?", "I need your key to continue."
 *   open     a question that nothing addresses to the user; it counts only where nobody answers it below
 *   soft     an answer only where no task was concluded: "Let me know if this looks right."
 *   closer   nothing: "Let me know if you have any questions."
 */
export interface Wish {
  readonly is: 'ask' | 'open' | 'soft' | 'closer' | 'no';
  readonly rule: string;
}

type Pattern = readonly [rule: string, pattern: RegExp];

export function wishOf({ bare, asks }: Sentence): Wish {
  if (bare === '') return { is: 'no', rule: 'not-said' };
  const closer = closers.find(([, pattern]) => pattern.test(bare));
  if (closer) return { is: 'closer', rule: closer[0] };
  if (foreignCloser.test(bare)) return { is: 'closer', rule: 'polite-closer' };
  const not = notAsked.find(([, pattern]) => pattern.test(bare));
  if (not) return { is: 'no', rule: not[0] };
  const soft = softs.find(([, pattern]) => pattern.test(bare));
  if (soft) return { is: 'soft', rule: soft[0] };
  if (asks) return questionOf(bare);
  const stated = asked.find(([, pattern]) => pattern.test(bare));
  if (stated) return { is: 'ask', rule: stated[0] };
  if (foreignAsk.test(bare)) return { is: 'ask', rule: 'foreign-request' };
  return { is: 'no', rule: 'statement' };
}

/** A sentence with a question mark: is it put to the user? */
function questionOf(bare: string): Wish {
  const clause = bare.replace(
    /^.*[,:;—–] (?=(?:do|would|should|shall|can|could|may|want|which|what|how|where|is|are) )/,
    '',
  );
  if (/^(?:do you )?want to (?:know|try|learn)\b/.test(bare)) return { is: 'open', rule: 'open-question' };
  const isTaught = [bare, clause].some((text) => taught.test(text)) && !intended.test(bare);
  if (isTaught) return { is: 'open', rule: 'open-question' };
  if (addressed.test(bare) || permission.test(bare) || alternative.test(bare) || meant.test(bare))
    return { is: 'ask', rule: 'question-to-you' };
  if (foreignOpener.test(bare)) return { is: 'ask', rule: 'foreign-question' };
  return { is: 'open', rule: 'open-question' };
}

const intended =
  /\b(?:want|prefer|would you|you like|should (?:i|we|this|it|the)|shall|(?:do|did|are|were) you (?:mean|expect|think|need|have in mind|using|intend|trying|planning|running|say)|propose|in mind|(?:do|are) (?:i|we) (?:do|go|going|use|pick|keep|treat|handle|call|name)|who (?:should|can|will))\b/;

/** Questions an explanation asks and answers: "how do you …", "why …", "when should you …". */
export const taught =
  /^(?:(?:and|so|but|then|now|ok|okay|well)[,]? )*(?:why\b|(?:how|what|when|where|who) (?:do|does|did|can|could|will|would|should|might) (?:you|one|we|i|people|it|they|this|that)\b|ever \b|have you ever\b|did you know\b|(?:do|can|did) you (?:see|notice|spot|remember|know (?:why|what|how|that))\b|remember (?:when|how|that)\b|guess what|want to know\b|what about (?!you)|what if\b|tired of\b|who (?:knows|cares)|what could (?:possibly )?go wrong|isn't (?:it|that)|so what\b)/;

const addressed = /\b(?:you|your|yours|you'd|you're|you've|me|my|i|us|we)\b|\b(?:should|shall)\b/;

/** What somebody meant, wants or allows is asked of those who know. */
const meant =
  /^(?!why\b).*\b(?:(?:do|does|did|will|would) (?!it\b|this\b|that\b|they\b)(?:\S+ ){1,4}(?:require|want|prefer|insist|approve|mind)|meant|must .{0,40}\bbe|intended|intentional(?:ly)?|deliberate(?:ly)?|on purpose|by design|supposed to|desired|expected (?:behaviou?r|result|outcome|output|order|format)|acceptable|allowed to|need(?:s|ed)? to|ha(?:s|ve) to|correct, or|right, or|still (?:needed|used|wanted|relevant|supported|in use|deployed))\b/;

/** Asked in a few words: "OK to merge?", "Proceed?", "Sound good?", "Thoughts?" */
const permission =
  /^(?:(?:so|and|or|then)[,]? )?(?:ok(?:ay)?|good|fine|ready|safe|alright|all right|happy|clear|cool|sounds? (?:good|right|ok)|does (?:that|this)|make sense|go ahead|proceed|continue|shall|want|need|approve[d]?|confirm(?:ed)?|thoughts|opinions?|objections|any (?:chance|idea|reason|luck|word from|preference|objection|concern|thought|constraint|particular)|preference|agree[d]?|deal|commit|push|merge|deploy|yes or no|y\/n|option \w|are (?:these|those)|is (?:that|this) (?:ok|fine|what|the right|right|correct|acceptable|intended|good|expected))\b/;

/** A choice without a verb: "Tabs or spaces for the generated files?" */
const alternative =
  /^(?!(?:is|are|was|were|does|do|did|has|have|can|could|will|would|why|how|what|when|where|who)\b)(?:[^\s,?]+ ){1,5}or (?:[^\s,?]+ ?){1,8}\?$/;

const generic =
  '(?:any(?:thing|\\b)|some(?:thing|\\b)|further|more\\b|additional|other\\b|else|changes|tweaks|adjust|tweak|modif|help|it (?:changed|adjusted|different)|to (?:see|adjust|change|tweak|refine|dig|go deeper|explore))';

const closers: readonly Pattern[] = [
  [
    'polite-closer',
    /^(?:(?:and|so|otherwise|also|please|just|as always),? )*(?:let (?:me|us) know|tell me|lmk|shout|ping me|reach out|ask|say so|holler)\b[^?]* (?:if|should|in case|when(?:ever)?) (?:you(?:'ve)? (?:have|got|need|run|see|find|notice|spot|hit|get|encounter|face|would like to (?:see|discuss)|feel|think of|still)|any|some|there|anyone|that (?:does|still|do)|it (?:break|fail|does|still|is still)|this (?:does|break|fail|still)|the (?:issue|problem|error)|problem|question|more|further)/,
  ],
  [
    'polite-closer',
    new RegExp(
      `\\b(?:let me know|tell me|lmk|just ask|just say so|say so)\\b(?!.* me to \\w+ (?:those|these|that|this|it|them|the|both|all|either|your)\\b).{0,20} if (?:you'd (?:like|prefer)|you (?:would like|want|prefer|wish)|i (?:can|should))(?: me)?(?: to)?(?: \\w+){0,2}? ${generic}`,
    ),
  ],
  [
    'polite-closer',
    /^(?:does|did) (?:that|this|it) (?:help|answer|clear|clarify|explain)\b|(?<!\b(?:does|did|has|will|should|must|can|could|would) )\b(?:any(?:thing)?|something) (?:else|more|further)\b[^.?]{0,60}\?|^(?:any|more|other|further) (?:other |more |further )?(?:questions?|requests?)(?: for me| about \w+)?\?|^(?:anything|something) (?:else|unclear)\b/,
  ],
  [
    'polite-closer',
    /\b(?:feel free|don't hesitate|do not hesitate|hope (?:this|that) helps|i hope this|glad to help|here if you|at your (?:service|disposal)|let me know how (?:it|that|this|you (?:get|fare|go))\b|how does that (?:sound|look), pretty|enjoy\b|have fun\b|happy (?:coding|to (?:help|assist|adjust|tweak|change|iterate|walk|explain|clarify|elaborate|answer|dig|expand|discuss|revise|make|add|split|do|take|follow|go)))/,
  ],
  [
    'offer',
    /^(?:but |and |also |or |otherwise |next )*(?:if|whenever|should) (?:you(?:'d| would| ever|'re)?|that|it|anything) ?(?:want|like|prefer|need|wish|rather|ever|decide|interested|helpful|useful|is (?:useful|helpful)|would (?:help|be)|'s (?:useful|helpful))\b[^?]*\b(?:i|we) (?:can|could|will|would|'ll|am happy|may)\b|^if (?:you'd|you) (?:like|want)[^?]*\b(?:i'll|i'd|i can|just (?:ask|say))\b|^i(?: can|'d be happy to|'m happy to|'d be glad to| could)\b[^?]*\bif (?:you(?:'d)? (?:like|want|need|wish|prefer)|that|useful|helpful|needed)/,
  ],
  [
    'conditional',
    /^(?!when(?:ever)? you(?:'ve| have) \w+(?:ed|en|ne)\b)(?:if|should|in case|when(?:ever)?) (?:any|some|there|you(?:'ve| ever)? (?:have|need|run|see|find|hit|notice|get|encounter|want|experience|still))\b(?!.*\?$)(?!.*\b(?:me to)\b)/,
  ],
];

const notAsked: readonly Pattern[] = [
  ['no-need', /\b(?:have|has|got|had) (?:everything|what|all|enough of what) (?:that )?(?:i|we) need/],
  [
    'reported',
    /^(?!(?:\S+ ){0,2}please\b).*\b(?:it|script|installer|wizard|prompt|cli|command|dialog|form|user|users|program|tool|page|api|code|function|they|ticket|issue|customer|reviewer|template|readme|docs?|banner|faq|section|message) (?:now |then |also |will |still |just |only |first )*(?:asks?|asked|asking|prompts?|prompted|says|said|reads|prints?|printed|shows|displays?|answers?|explains?|covers?|tells)\b/,
  ],
  [
    'reported',
    /^(?:you (?:also )?asked|your question|the (?:user's )?question (?:was|of|is why|is how)|to answer (?:your|the)|(?:q|faq) ?\d*[:.]|(?:answers? to|answering) )/,
  ],
  ['conditional', /^(?:should|were|had) (?:you|it|this|that|the|they)\b[^?]*$|^(?:if|when) (?:prompted|asked)\b/],
  [
    'rhetorical',
    /^(?!.*\b(?:you|your|i should|should i|we|confirm|assum\w*|before i)\b).*(?:,|—|–) (?:huh|eh|don't you think)\?$|^(?!.*\b(?:you|your|i should|should i|we|confirm|assum\w*|before i)\b)(?:\S+ ){0,3}[^\s,]+(?:,| —| –) (?:right|isn't it|no|doesn't it|aren't they|yes|wasn't it)\?$|^(?:why not|who knows|and why not|what else|really|so what|how hard can it be|guess what|what's not to like|surprised)\?/,
  ],
  [
    'question-of-mine',
    /\b(?:i (?:was )?(?:asked myself|wondered|wondering)|my (?:first|next|initial) (?:question|thought|guess) was|the (?:real |obvious |open |next )?question (?:is|was|became|remains|then))\b/,
  ],
];

const softs: readonly Pattern[] = [
  [
    'opinion',
    /\blet me know what you think\b|\blet me know when(?:ever)? you(?:'d| want|'re ready| would)\b|\b(?:let me know|tell me) if (?:that|this|it|these|the (?:plan|approach|result|output|change|changes)|everything|those) ?(?:'s|works?|looks?|sounds?|is|are|makes?|seems?|matches|covers?)\b/,
  ],
  [
    'next-task',
    /\bwhat (?:would you like|do you want|should (?:i|we)|shall (?:i|we)|else|can i|'s)(?: me)?(?: to)?(?: (?:work on|do|tackle|help|build|see|have|focus on|look at)){0,2}(?: me)?(?: to)?(?: (?:work on|do|tackle|help(?: you)?(?: with)?|build))? (?:next|today|now|you with|for you)\b|^(?:how|what) (?:else )?(?:can|may|could) i (?:help|do|assist)|^what'?s next\?|^what(?: is|'s) the (?:next )?task\b|^ready for (?:the next|your next|another|whatever)/,
  ],
  [
    'blocked',
    /\b(?:can't|cannot|can not|couldn't|could not|unable to|not able to|impossible to)\b.*\b(?:without|until|unless|no|missing|because|lacks?|don't have|as)\b.*\b(?:credentials?|access|permissions?|keys?|token|password|passphrase|log ?in|logged in|approval|licen[cs]e|secrets?|authenticat\w+|authori[sz]\w+|vpn|2fa|account|privileges|sudo|certificate)\b/,
  ],
  [
    'blocked',
    /\b(?:i|we) (?:don't|do not) have (?:the |any |an? |your |permission|write |read |network |enough |sufficient )*(?:access|permissions?|credentials?|token|keys?|password|context|information|rights)\b/,
  ],
  [
    'blocked',
    /\b(?:blocked|stuck|stalled)\b.*(?:\b(?:without|until|unless|needs?|missing|requires?|by|on|because|no)\b|[:—–]).*\b(?:credentials?|access|permissions?|keys?|token|password|log ?in|approval|licen[cs]e|secrets?|decision|account|you|your|certificate|vpn|sudo)\b/,
  ],
];

const imperative = '(?:^|[,;:—–(] |\\b(?:and|then|or|just|please|so|simply|otherwise|either|kindly) )';
const thing =
  '(?:info\\w*|details?|context|decision|answers?|input|token|keys?|credentials?|password|permissions?|approval|confirmation|clarification|access|log ?in|url|go-ahead|sign-off|feedback|guidance|direction|choice|licen[cs]e|secrets?|things?|ok|okay|help|preference|steer|yes|id|path|value|name|example|consent|passphrase|instructions?|logs?|sample|reproduction|steps|numbers?|green light)';

const asked: readonly Pattern[] = [
  [
    'please',
    /\b(?:please|kindly|pls)\b(?: (?:also|just|first|then|either|do|now|explicitly|briefly))* (?:confirm|provide|share|choose|clarify|advise|specify|let me|let us|tell|pick|select|decide|paste|send|reply|respond|answer|approve|grant|give|indicate|supply|point me|describe|explain (?:what|which|how|why)|log ?in|sign in|authori[sz]e|authenticate|attach|upload|submit|name|state|say|type|enter|allow|accept|weigh in|choose|elaborate|(?:add|drop|attach|put|include) [^.]{0,60}(?:to|into|in) (?:the|this|our) (?:chat|conversation|context|thread)|list (?:the|which)|set [^.]{0,80}\b(?:and|so|then|before)\b|(?:run|try|restart|check|verify|review|look|start|open|add|export|install|take|read|create|update|put|execute|make)\b[^.]{0,120}\b(?:(?:and|then) (?:paste|send|share|tell|let|post|report|confirm|approve|reply|say|i\b|come back|decide|choose)|before i|so (?:that )?i|when(?:ever)? you're (?:done|ready)))/,
  ],
  [
    'let-me-know',
    /\b(?:let me know|let us know|tell me|lmk|advise(?: me)?(?: on)?)\b(?!,? (?:about any|how (?:it|that|this) (?:goes|works)))[ ,:—–-]+(?:please )?(?:which|what|how|where|who|whom|whether|your|when|whichever|either|once|as soon as|and\b|about|one of|the \w+|to \w+|so i|if (?:you(?:'d)? (?:like|want|would like|prefer|wish|agree|approve|are (?:ok|okay|happy|fine)|'re (?:ok|okay|happy|fine)|accept|can|could)|i (?:should|can|may|shall)|we should|it(?:'s| is) (?:ok|okay|fine|safe)|\w+ (?:should|is (?:ok|okay|fine|acceptable))))/,
  ],
  [
    'waiting',
    /(?:^|\b(?:i'm|i am|i'll be|i|we|we're|now|still|currently|and|so|then|will|i'll|i've|here|therefore|,|—|-) )(?:currently |now |still |here |just )*(?:await(?:ing)?|wait(?:ing)? (?:for|on)|hold(?:ing)?(?: off| here| on)*[^.]{0,30} (?:for|until|till)|paus(?:e|ed|ing)\b[^.]{0,40} (?:for|until|till|so)|standing by for|stop(?:ped|ping)?\b[^.]{0,50} (?:until|for|so)|pending) (?:you\b|your\b|the user|some(?:one|body) (?:tells?|decides?|confirms?|says?|answers?|picks?|chooses?|approves?|knows?)|further instructions|instructions|confirmation|approval|a (?:decision|reply|response|go)|the go-ahead|clarification|go-ahead|an? (?:answer|ok|yes|explicit)|explicit)/,
  ],
  [
    'need',
    new RegExp(
      `(?:^|(?<!\\w)(?:i|we|i'll|we'll|i'd|still|only thing i|all i|what i|and|but|so) )(?:will |still |also |just |do |first |only |would |really |'ll |now )*(?:need|require)\\b (?:you\\b|someone\\b|somebody\\b|a (?:human|person)\\b|your\\b|from you|to (?:know|ask you|hear|check with you|confirm)|(?:(?!to\\b)[\\w'/-]+ ){0,6}?${thing}\\b)`,
    ),
  ],
  [
    'need',
    new RegExp(
      `\\b(?:i(?:'m| am) missing|still missing|missing from you|only you (?:can|know|have|hold)|what(?:'s| is) (?:still )?missing (?:is|from)|need(?:s|ed)? from you|(?:needs?|requires?|lacks?) (?:you\\b|your\\b|a (?:human|decision|manual))|(?:your|human|user) ${thing} (?:is|are) (?:needed|required|missing)|^(?:user |human |your )?(?:input|approval|confirmation|answer|action|clarification|decision|permission)s? (?:is |are )?(?:needed|required|requested)|question for you|decision for you|decisions? (?:needed|required))\\b`,
    ),
  ],
  [
    'your-word',
    /\b(?:needs?|want|get|require[sd]?|pending|without|until|unless|subject to|awaiting|like|appreciate|request(?:ing)?|seeking|use|have|missing|await|requires|on)\b[^.]{0,25}\byour (?:\w+ ){0,2}(?:ok|okay|approval|go-ahead|sign-off|blessing|permission|consent|input|decision|confirmation|green light|answers?|reply|response|choice|preference|guidance|direction|credentials?|password|keys?|token|opinion|thoughts|steer|help|instructions?|call|say-so|word|judg\w+|nod|take|advice)\b(?<!\b(?:thanks|thank you)\b.*)/,
  ],
  [
    'your-decision',
    /(?:^|[,;:—–-] |\b(?:it's|it is|is|that's|and|so|entirely|really|completely|this is|are|totally) )(?:your (?:call|choice|decision|pick|move|turn)|up to you|the (?:choice|decision|call) is yours|yours to (?:make|decide)|over to you|for you to decide)\b|\b(?:is|are) (?:up to you|your (?:call|choice|decision))|^you (?:decide|choose|pick)\b|\b(?:choice|decision|call) is yours\b/,
  ],
  [
    'say',
    new RegExp(
      `${imperative}(?:say (?:the word|so\\b|yes|no\\b|which|go\\b|["“'\`q])|give (?:me|us) (?:the|a|your|an|access|some|one)\\b|reply (?:with|yes|no|a\\b|b\\b|1|ok|["“'\`q])|respond with|answer (?:with|yes|no\\b|these|those)|type (?:yes|y|no|["“'\`q]|ok|go)\\b[^.]{0,60}(?: to |\\bor\\b|$|[.,])|pick (?:one|which|between|an option|from|your|whichever|a (?:number|letter|name))|choose (?:one|between|which|an option|from|a (?:number|letter|name)|your|whichever)|select (?:one|an option|which)|send me|point me (?:to|at|toward)|hand me|drop me |choose:|pick (?:a|one)?:|select:|(?:paste|post|drop|send|share|put|upload|attach|copy) (?:\\S+ ){0,6}(?:here|to me|into? (?:the|this) chat)(?![\\w])|confirm (?:that|whether|if|and|which|to|before)|approve (?:it|this|and|to)|show me|share (?:the|your|it|them)[^.]*(?:with me|here|and i|so i)|correct me if|clarify (?:which|what|whether|if|how)|specify (?:which|what|whether|if|how))`,
    ),
  ],
  [
    'do-and-i',
    /(?:^|[;:] )(?!(?:i|we|it|this|that|the|my|there|they|a|an|in|on|at|with|by)\b)(?:\w+'?\w*)\b[^.]{2,160}(?:,? and (?:then )?(?:i'll|i will|i can|we can|i'd be able)\b|\bso (?:that )?i can\b|\bfor me to (?:continue|proceed|go on|finish)|\band (?:then )?(?:tell|ping|let) me\b)/,
  ],
  [
    'when-you',
    /(?:^|[,;—–] |\b(?:and|but) )(?:once|as soon as|after|when(?:ever)?|until|unless) you(?:'ve| have|'re| are)? (?!see|run|open|start|visit|want to (?:use|run))[^.]{2,120}\b(?:i'll|i will|i can|i'd|we can|we'll|i am able|i'm able)\b|\b(?:i'll|i will|i can|i can't|i cannot|i won't|we can)\b[^.]{2,100}\b(?:once|as soon as|when|until|unless) (?:you|one of you|some(?:one|body)|any(?:one|body))(?:'ve| have|'re|'s| has)? (?:confirm|approv|agree|provid|shar|decid|cho|pick|tell|told|answer|give|giv|grant|set|log|ready|okay|sign|say|respond|repl|let|send|sent|add|run|put|make|supply|clarif|unlock|enable|authori|come back|are)|^if (?:you(?:'re)? (?:confirm|approve|agree|okay|ok|happy|fine|can|could|give|share|provide|tell|grant|say|are (?:ok|okay|happy|fine))|(?:that|this|it|these|everything|the)(?: \w+){0,2}?(?:'s| is| are| sounds?| looks?| works?| seems?)[^.]{0,30})\b[^.]*\b(?:i'll|i will|i can|i'd)\b|^ready (?:to \w+ )?(?:when(?:ever)?|once|as soon as) you\b/,
  ],
  [
    'unsure',
    /\b(?:not (?:entirely |quite |completely )?(?:sure|certain|clear)|unsure|unclear|don't know|do not know|ambiguous|can't tell|cannot tell|can't determine|wondering|undecided)\b.*\b(?:which|what|whether|if|where|who|how)\b.*\b(?:you|your)\b(?! (?:noticed|know|knew|already know))/,
  ],
  [
    'questions',
    /^(?!.*\b(?:answer|cover|address|resolv|faq|written|wrote|added|created|updated|drafted|survey|asks)\w*\b)(?:.*\b(?:have|got|are|with|is|need|had|remain|following|my) )?(?:(?:an?|one|two|three|four|five|some|several|few|couple(?: of)?|quick|following|clarifying|open|these|the|my|remaining|last|final|outstanding|other|more|\d) )+(?:\w+ ){0,1}(?:questions?|(?:things?|points?|details?|facts?|bits?)(?= (?:to (?:confirm|clarify|decide)|i (?:need|can't|cannot|couldn't|don't|wasn't)|that (?:i|only)|only you))|points? to (?:confirm|clarify)|decisions?(?= for you)|clarifications?)\b(?!.* (?:customers?|users?|people|they|candidates|participants|readers|visitors|raised|asked|were|was)\b)(?=.*(?::$|before|first|for you|remain|need|to (?:confirm|clarify|decide)))|^(?:open |clarifying |quick |remaining )?(?:questions?|decisions?)(?: for you| before [^:]*)?:$/,
  ],
  [
    'before-i',
    /\bbefore (?:i|we)(?:'m| can| do| make| go)?\b(?! \w+ed\b).*\b(?:you|your|need to know|decide|clarif|settle|confirmation|approval|go-ahead|question)|\b(?:you|your|questions?|clarif\w+|decision|confirmation|approval|go-ahead|input)\b.*\bbefore (?:i|we) (?:can )?(?!\w+ed\b)\w+/,
  ],
  [
    'would-like',
    /\bi(?:'d| would)? (?:like|want(?:ed)?|love|appreciate|prefer) (?:to )?(?:your\b|you to\b|know (?:which|what|whether|where|who|when|if|your)\b|(?:to )?(?:confirm|check|double-check|verify|clarify|ask|hear|discuss|agree)\b.*(?:with you|you\b|your\b|before|first)|a (?:decision|second opinion))|^(?:just )?(?:checking|confirming|double-checking)\b.*\b(?:before|with you|you want)/,
  ],
  [
    'inverted',
    /^(?:(?:so|and|ok|okay|then|but|also|now|finally|lastly)[,]? )*(?:(?:which|what|where|how|when|who)\b.{0,80}\b(?:do you (?:want|prefer|think|need|mean)|would you (?:like|prefer)|should (?:i|we)|shall (?:i|we))\b|(?:should|shall|may|can|could) (?:i|we)\b|(?:would|do|could|can|will) you\b|(?:want|need|like) me to\b)(?!.*,)/,
  ],
  [
    'blocked-on-you',
    /\b(?:can't|cannot|can not|couldn't|won't|will not|unable to|not able to|won't be able to|blocked|stuck|impossible)\b.*\b(?:without (?:you|your|credentials|access|permission|approval|an? (?:api|valid|password|token|login))|until (?:you|your)|unless (?:you|your)|you (?:need|have|must|will need|'ll need)|from you)\b/,
  ],
  [
    'blocked-on-you',
    /\b(?:blocked|stuck)\b[^.]*(?:[:—–-]|\b(?:because|as|since|on|by|until|without)\b)[^.]*\b(?:credentials?|access|permissions?|keys?|token|password|log ?in|approval|licen[cs]e|secrets?|decision|account|you|your|vpn|sudo)\b/,
  ],
  [
    'not-mine',
    /\b(?:can't|cannot|won't|shouldn't|don't want to|not going to|rather not|wouldn't) (?:\w+ )?(?:decide|choose|settle|pick|judge|guess)\b[^.]*\b(?:for you|alone|myself|on my own|between|by myself|without you)\b|\b(?:not|isn't|aren't) (?:mine|something i (?:can|should)|for me|my (?:call|decision|choice|place|business|job))\b(?! to (?:say|see|know)\b)/,
  ],
  ['you-must', /\byou(?:'ll| will)? (?:need|have|must)\b(?: to)? .*\b(?:me|so i|before i|for me|i can|i'll)\b/],
];

/** Said after a question, these leave it open. */
export const waiting =
  /^\[?y(?:es)?\]?\/n|^(?:(?:ok|okay|until then|for now|in the meantime|meanwhile|then)[,]? )?(?:i(?:'ll| will|'m| am|'ve| have)? (?:wait|hold|pause|stop|stand by|standing by|waiting|not (?:touch|change|start|proceed|push|run|continue|make|made)|leave \S+ (?:alone|as|untouched|there)|keep \S+ (?:as|until)|won't|haven't (?:touched|changed|started|pushed|run|made|committed))|i won't|waiting|standing by|holding|no rush|no hurry|take your time|thanks|thank you|nothing (?:has been|is|was) (?:changed|committed|pushed|deleted|touched)|no (?:changes|files))\b/;

/** Said after a choice, these tell its sides apart. */
export const side = /^(?:the (?:first|second|third|former|latter|one)|one |the other|option|either|both)\b/;

/** Said after a question, these give the user the ground of it. */
export const reason =
  /^(?:i(?:'m| am)? ask|asking because|the reason|(?:this|that|it) (?:matters|affects|decides|determines|changes|will|would|means|could|may)|otherwise|if |i(?:'d| would)? (?:recommend|suggest|lean|prefer|propose|favou?r)|(?:my|the) (?:\w+ )?(?:recommendation|preference|suggestion|default|choice|advice)|recommend|both |either |default|without |option |with |for (?:context|example|reference)|context|note|e\.g|examples?|by default|personally|\(?[a-h1-9][.)] |the (?:trade-?off|difference|options|catch|downside)|pros|cons|(?:\S+ ){0,6}(?:depends|differs?|matters|only (?:exists?|works?|supports?|applies))\b|mein|ich empfehle|ich würde|je recommande|recomiendo|eu recomendo|consiglio|我建议|建议|推荐|おすすめ|私の|추천|я бы|рекоменд)/;

/** The agent answers itself, or goes to find out. */
export const answer =
  /^(?:(?:well|so|in short|simply|put simply|honestly|actually),? )?(?:yes|no(?! (?:rush|hurry|pressure|preference|changes|files))|nope|yeah|yep|because(?! i)|since|it turns out|turns out|(?:the |short |long )*answer(?: is|:)|a:|i(?:'ve)? (?:decided|chose|chosen|went|gone|opted|settled|picked)|let me (?!know)|let's|probably|possibly|perhaps|maybe|apparently|hardly|unlikely|only (?:if|when|for)|(?:it|that|this|they|he|she|we) (?:is|are|was|were|does|do|did|has|have|can|could|would|isn't|aren't|wasn't|weren't|doesn't|don't|didn't|hasn't|haven't|can't|couldn't|wouldn't)(?=[.,;!]|$)|i (?:don't )?(?:think|believe|doubt) (?:so|not|it|that)|i(?:'ve)? (?:measured|timed|profiled|benchmarked)|of course|certainly|not (?:really|quite|necessarily|exactly|at all|much)|simple|easy|exactly|absolutely|weil|ja|nein|denn|parce que|oui|non|porque|sí|sim|não|perché|sì|因为|是的|不是|はい|いいえ|なぜなら|네|아니요|왜냐하면|потому что|да|нет)(?![\p{L}])/u;
