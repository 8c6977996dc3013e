import { type Row, rows } from './row.ts';

/**
 * What a sentence wants of the user. The first row that is found decides, over a sentence as `Sentence.bare` has it.
 *
 *   courtesy   nothing, for all its words: "Let me know if you have any questions."
 *   tells      nothing: it tells of questions, "The survey asks: …"
 *   hopes      an answer only where no task was concluded: "Let me know if this looks right."
 *   asks       an answer: "Should I push?", "I need your key."
 *   muses      a question that the agent answers itself, unless nothing stands below it: "Why is it slow?"
 *   wonders    a question put to nobody, open where what stands below it does not know either: "Who owns this?"
 */
export type Asking = 'courtesy' | 'tells' | 'hopes' | 'asks' | 'muses' | 'wonders';

/** What only the user has. */
const yours = 'access|permissions?|credentials|token|keys?|password|approval|secrets?|certificate|licen[cs]e|decision';

/** What the user is asked to do, in order to answer. */
const reply =
  'confirm|provide|share|choose|pick|select|decide|clarify|specify|advise|tell|let me|reply|paste|send|upload|give|indicate|approve';

/** What the user answers with. */
const word = 'approval|go-ahead|sign-off|permission|input|decision|confirmation|opinion|review|answers?|choice|call';

export const askingRows: readonly Row<Asking>[] = [
  ...rows('courtesy', {
    'polite-closer': {
      pattern:
        /\b(?:let me know|tell me|shout) (?:if|should|when) (?:you(?:'ve)? (?:have|need|run|see|hit|find|notice)|any|there)\b/,
      like: 'let me know if you have any questions.',
      unlike: "let me know if you'd like me to push it.",
    },
    later: {
      pattern: /\blet me know (?:how it goes|when you want|if you'd like any)\b/,
      like: 'let me know how it goes!',
      unlike: 'let me know how you want it named.',
    },
    'anything-else': {
      pattern: /^(?:(?:is there|can i|do you need) )?(?:anything else|any (?:more |other |further )?questions)\b.*\?$/,
      like: "is there anything else you'd like me to do?",
      unlike: 'does anything else have to run next to it?',
    },
    'foreign-closer': {
      pattern:
        /noch fragen|sonst noch|autre chose|hésite|algo más|algo mais|altro\?|если (?:есть|будут)|还有其他|如果有|他に|お気軽|궁금/,
      like: 'noch fragen?',
      unlike: 'soll ich es einspielen?',
    },
  }),
  ...rows('tells', {
    reported: {
      pattern: /\b(?:asks|asked|prompts|interview|survey|faq)\b|^q: /,
      like: 'the survey asks:',
      unlike: 'before i ask for a review: should i squash?',
    },
    lists: {
      pattern: /\b(?:answers|covers|consists|contains|has)\b[^?:]*\b(?:questions|steps|fields|items)\b/,
      like: 'the wizard has three steps.',
      unlike: 'i have two questions:',
    },
    rhetorical: {
      pattern: /^(?:you might ask|does (?:that|this) help|not bad)\b/,
      like: 'not bad, right?',
      unlike: 'does that work for you?',
    },
  }),
  ...rows('hopes', {
    opinion: {
      pattern: /\blet me know (?:what you think|if (?:that|this|it|these|everything|the \w+)(?:'s| \w+s| are)\b)/,
      like: 'let me know if this looks good.',
      unlike: 'let me know if i should start.',
    },
    'next-task': {
      pattern: /^(?:so )?what\b.*\bnext\?$/,
      like: 'what would you like to work on next?',
      unlike: 'what should the next version be called?',
    },
    blocked: {
      pattern: new RegExp(`\\b(?:can't|cannot|couldn't|unable to|blocked|stuck|don't have)\\b.*\\b(?:${yours})\\b`),
      like: "i can't reach the registry without credentials.",
      unlike: "i can't reproduce it.",
    },
  }),
  ...rows('asks', {
    please: {
      pattern: new RegExp(`\\b(?:please|kindly) (?:\\w+ ){0,2}?(?:${reply})\\b`),
      like: 'please confirm before i proceed.',
      unlike: 'please note that the port has changed.',
    },
    'please-and': {
      pattern: /\bplease\b.*(?:\b(?:and|then|so)\b.*\b(?:i|me|paste|send)\b|\bto the chat|:$)/,
      like: 'please run it and paste the output.',
      unlike: 'please run it with care.',
    },
    'let-me-know': {
      pattern:
        /\b(?:let me know|tell me|advise)\b,? (?:on )?(?:which|what|how|where|who|whether|your|when|the|to|if (?:i|you)\b)/,
      like: 'let me know which one you prefer.',
      unlike: 'let me know if the build breaks.',
    },
    waiting: {
      pattern:
        /(?:^|\b(?:i'm|i'll|i've|and|now) )(?:wait|await|hold|paus|stopp)\w*\b.*\b(?:you|your|somebody|approval)\b/,
      like: "i'm waiting for your answer.",
      unlike: 'the command waits for your confirmation.',
    },
    need: {
      pattern: /\bi(?:'ll|'d)? (?:\w+ )?need (?!to\b|from\b)|\bneed to know\b/,
      like: 'i need your key to continue.',
      unlike: 'i need to look at the log first.',
    },
    needed: {
      pattern:
        /\b(?:input|decisions?|permission) (?:is |are )?(?:needed|required)\b|\bneeds you\b|\bmissing (?:is )?(?:your|the)\b/,
      like: 'permission needed: the script writes to /etc.',
      unlike: 'a rebuild is needed after that.',
    },
    'your-word': {
      pattern: new RegExp(`(?<!\\b(?:per|following|after|with|for) )\\byour (?:\\w+ )?(?:${word})\\b`),
      like: "i won't push without your approval.",
      unlike: 'i renamed it, following your decision.',
    },
    'your-decision': {
      pattern: /\bup to you\b/,
      like: "it's up to you.",
      unlike: 'the choice of the driver is up to the pool.',
    },
    say: {
      pattern:
        /(?:^|[,;:—–] |\b(?:and|or|just|then|so) )(?:say|reply|type yes|pick|choose|give me|send me|paste|confirm)\b/,
      like: "pick one and i'll add it.",
      unlike: 'the user may pick one.',
    },
    'do-and-i': {
      pattern: /(?:^|[;:] )(?!(?:i|we|it|this|that|the)\b)[^,;:]*(?:,? and| so(?: that)?) (?:i'll|i can|i will)\b/,
      like: "set it and i'll run the migration.",
      unlike: "the log is there, and i'll keep it.",
    },
    'when-you': {
      pattern:
        /\b(?:once|when|until|unless|if) (?:you|you've|you have) (?:confirm|approv|decid|cho|grant|agree|tell|giv)/,
      like: "i'll start once you've approved the plan.",
      unlike: 'it returns 401 until you log in.',
    },
    'if-it-suits': {
      pattern: /^if (?:that|this|it|the) .*\bi'll\b/,
      like: "if that plan works, i'll start with the schema.",
      unlike: 'if that fails, it tries again.',
    },
    unsure: {
      pattern: /\b(?:not sure|unclear|can't tell)\b.*\b(?:you|your)\b/,
      like: 'not sure which of the two you mean.',
      unlike: 'not sure it can be done.',
    },
    'would-like': {
      pattern: /\bi(?:'d| would)? (?:like|wanted) to (?:know|check with you)\b/,
      like: "i'd like to know which one is in use.",
      unlike: "i'd like to add a test.",
    },
    inverted: {
      pattern: /^(?:(?:should|shall|may) (?:i|we)|(?:would|do|could) you|which\b.*\bshould i)\b.*[^?]$/,
      like: 'should i go ahead and delete the branch',
      unlike: 'as you should, i think.',
    },
    'foreign-request': {
      pattern: /^(?:.*[,:;.] )?(?:bitte|merci de|veuillez|por favor|пожалуйста|dime|dites-moi|sag mir)(?!\p{L})/u,
      like: 'bitte bestätige, dass ich fortfahren darf.',
      unlike: 'die bitte steht im ticket.',
    },
    'foreign-need': {
      pattern:
        /^(?:жду|(?:ich )?warte|aguardo|necesito|j'ai besoin|ich brauche|confírmame|fammi sapere|indiquez)(?!\p{L})/u,
      like: 'ich warte auf deine freigabe.',
      unlike: 'der dienst wartet auf eine freigabe.',
    },
    'foreign-request-asia': {
      pattern:
        /请(?:您|你)?(?:确认|提供|告诉|选择|指定)|等待您|(?:ます|です|でしょう|せん)か[。.]?$|教えて|ご確認|주세요/,
      like: '请确认是否继续。',
      unlike: '请求已发送。',
    },
  }),
  ...rows('muses', {
    taught: {
      pattern:
        /^(?:(?:so|and|but) )?(?:why|what (?:happens|did|does|changed|about|is the difference)|do you see)\b.*\?$/,
      like: 'why does it fail?',
      unlike: 'what should it do?',
    },
    'how-do-you': {
      pattern:
        /^(?!.*\b(?:want|prefer|like|need)\b)(?:how|when|where) (?:do|does|did|can|would) (?:you|i|it|we|this)\b.*\?$/,
      like: 'how do you start the server?',
      unlike: 'how do you want it handled?',
    },
    'foreign-why': {
      pattern: /^(?:warum|pourquoi|por qué|por que|perché|почему)(?!\p{L})|为什么|なぜ|왜/u,
      like: 'warum schlägt das fehl?',
      unlike: 'soll ich es starten?',
    },
  }),
  ...rows('asks', {
    'question-to-you': {
      pattern: /\b(?:you|your|me|my|i|we|should|shall)\b.*\?$/,
      like: 'which should i use?',
      unlike: 'which one wins?',
    },
  }),
  ...rows('wonders', {
    fact: {
      pattern:
        /^(?:(?:is|was|does|did|could) (?:it|this|that)\b[^?]{0,20}|which\b.*\b(?:introduced|caused|broke)\b.*)\?$/,
      like: 'is it the cache?',
      unlike: 'is the second format a mistake?',
    },
    'open-fact': {
      pattern: /^(?:(?:and|so) )?(?:what|how|where|whose|who)\b.*\?$/,
      like: 'who owns the certificate?',
      unlike: 'which one?',
    },
  }),
  ...rows('asks', {
    'open-question': {
      pattern: /\?$/,
      like: 'overwrite the existing file?',
      unlike: 'it overwrites the existing file.',
    },
  }),
];
