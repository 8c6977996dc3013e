import { type Row, rows } from './row.ts';

/**
 * What a sentence wants of the user. The first row that is found decides, over a sentence as `Sentence.bare` has it.
 *
 *   courtesy   nothing, for all its words: "Let me know if you have any questions."
 *   tells      nothing: it tells of questions, "The survey asks: …"
 *   hopes      an answer only where no task was concluded: "Let me know if this looks right."
 *   asks       an answer: "Should I push?", "I need your key."
 *   muses      a question that the agent answers itself, unless nothing stands below it: "Why is it slow?"
 */
export type Asking = 'courtesy' | 'tells' | 'hopes' | 'asks' | 'muses';

/** What only the user has. */
const yours = 'access|permissions?|credentials|token|keys?|password|approval|secrets?|certificate|licen[cs]e|decision';

/** What the user is asked to do, in order to answer. */
const reply =
  'confirm|provide|share|choose|pick|select|decide|clarify|specify|advise|tell|let me|reply|paste|send|upload|give|indicate|approve';

/** What the user answers with. */
const word = 'approval|go-ahead|sign-off|permission|input|decision|confirmation|opinion|review|answers?|choice|call';

/** What may happen to the user, who then may tell. */
const happens =
  "(?:if|should|when) (?:you(?:'ve)? (?:have|need|run|see|hit|find|notice)|any|there)|how it goes|when you want|if you'd like any";

/** How a request or a need begins in other languages. */
const foreign =
  "bitte|merci de|veuillez|por favor|пожалуйста|dime|dites-moi|sag mir|жду|(?:ich )?warte|aguardo|necesito|j'ai besoin|ich brauche|confírmame|fammi sapere|indiquez";

export const askingRows: readonly Row<Asking>[] = [
  ...rows('courtesy', {
    'polite-closer': [
      new RegExp(`\\b(?:let me know|tell me|shout) (?:${happens})\\b`),
      ['let me know if you have any questions.', "let me know if you'd like me to push it."],
    ],
    'anything-else': [
      /^(?:(?:is there|can i|do you need) )?(?:anything else|any (?:\w+ )?questions|does th\w+ help)\b.*\?$/,
      ["is there anything else you'd like me to do?", 'does anything else have to run next to it?'],
    ],
    'foreign-closer': [
      /noch fragen|sonst noch|autre chose|hésite|algo m[áa]|altro\?|если (?:есть|будут)|还有其他|如果有|他に|お気軽|궁금/,
      ['noch fragen?', 'soll ich es einspielen?'],
    ],
  }),
  ...rows('tells', {
    reported: [/\b(?:asks|asked|prompts|interview|survey|faq)\b|^q: /, ['the survey asks:', 'before i ask: should i?']],
    lists: [
      /\b(?:answers|covers|consists|contains|has)\b[^?:]*\b(?:questions|steps|fields|items)\b/,
      ['the wizard has three steps.', 'i have two questions:'],
    ],
  }),
  ...rows('hopes', {
    opinion: [
      /\blet me know (?:what you think|if (?:th\w+|it|everything|the \w+)(?:'s| \w+s| are)\b)|^what\b.* next\?$/,
      ['let me know if this looks good.', 'let me know if i should start.'],
    ],
    blocked: [
      new RegExp(`\\b(?:can't|cannot|couldn't|unable to|blocked|stuck|don't have)\\b.*\\b(?:${yours})\\b`),
      ["i can't reach the registry without credentials.", "i can't reproduce it."],
    ],
  }),
  ...rows('muses', {
    taught: [
      /^(?:(?:so|and|but) )?(?:why|what (?:happens|did|does|changed|about|is the difference)|do you see)\b.*\?$/,
      ['why does it fail?', 'what should it do?'],
    ],
    'how-do-you': [
      /^(?!.*\b(?:want|prefer|like|need)\b)(?:how|when|where) (?:do|does|did|can) (?:you|i|it|we|this)\b.*\?$/,
      ['how do you start the server?', 'how do you want it handled?'],
    ],
    'foreign-why': [
      /^(?:warum|pourquoi|por qu[eé]|perché|почему)(?!\p{L})|为什么|なぜ|왜/u,
      ['warum schlägt das fehl?', 'soll ich es starten?'],
    ],
  }),
  ...rows('asks', {
    please: [
      new RegExp(
        `\\b(?:please|kindly) (?:\\w+ ){0,2}?(?:${reply})\\b|\\bplease\\b.*(?:\\b(?:and|then|so)\\b.*\\b(?:i|me)\\b|:$)`,
      ),
      ['please confirm before i proceed.', 'please note that the port has changed.'],
    ],
    'let-me-know': [
      /\b(?:let me know|tell me|advise)\b,? (?:on )?(?:wh\w+|how|yours?|the|to|if (?:i|you))\b/,
      ['let me know which one you prefer.', 'let me know if the build breaks.'],
    ],
    waiting: [
      /(?:^|\b(?:i'm|i'll|i've|and|now) )(?:a?wait|hold|paus|stopp)\w*\b.*\b(?:your?|somebody|approval)\b/,
      ["i'm waiting for your answer.", 'the command waits for your confirmation.'],
    ],
    need: [
      /\bi(?:'ll|'d)? (?:\w+ )?need (?!to\b|from\b)|\b(?:need|i'd like|i wanted) to (?:know|check with you)\b/,
      ['i need your key to continue.', 'i need to look at the log first.'],
    ],
    needed: [
      /\b(?:input|decisions?|permission) (?:is |are )?(?:needed|required)\b|\bneeds you\b|\bmissing (?:is the|your)\b/,
      ['permission needed: the script writes to /etc.', 'a rebuild is needed after that.'],
    ],
    'your-word': [
      new RegExp(`(?<!\\b(?:per|following|after|with|for) )\\byour (?:\\w+ )?(?:${word})\\b|\\bup to you\\b`),
      ["i won't push without your approval.", 'i renamed it, following your decision.'],
    ],
    say: [
      /(?:^|[,;:—–] |\b(?:and|or|just|then|so) )(?:say|reply|type yes|pick|choose|(?:give|send) me|paste|confirm)\b/,
      ["pick one and i'll add it.", 'the user may pick one.'],
    ],
    'do-and-i': [
      /(?:^|[;:] )(?!(?:i|we|it|this|that|the)\b)[^,;:]*(?:,? and| so(?: that)?) (?:i'll|i can|i will)\b/,
      ["set it and i'll run the migration.", "the log is there, and i'll keep it."],
    ],
    'when-you': [
      /\b(?:once|when|un\w+|if) you(?:'ve| have)? (?:confirm|approv|decid|cho|grant|agree|tell|giv)|^if that .*\bi'll\b/,
      ["i'll start once you've approved the plan.", 'it returns 401 until you log in.'],
    ],
    unsure: [/\b(?:not sure|unclear|can't tell)\b.*\byour?\b/, ['not sure which you mean.', 'not sure it works.']],
    inverted: [
      /^(?:(?:should|shall|may) (?:i|we)|(?:would|do|could) you|which\b.*\bshould i)\b.*[^?]$/,
      ['should i go ahead and delete the branch', 'as you should, i think.'],
    ],
    'foreign-request': [
      new RegExp(`^(?:.*[,:;.] )?(?:${foreign})(?!\\p{L})`, 'u'),
      ['bitte bestätige, dass ich fortfahren darf.', 'die bitte steht im ticket.'],
    ],
    'foreign-request-asia': [
      /请(?:您|你)?(?:确认|提供|告诉|选择|指定)|等待您|(?:ます|です|でしょう|せん)か[。.]?$|教えて|ご確認|주세요/,
      ['请确认是否继续。', '请求已发送。'],
    ],
    'open-question': [/\?$/, ['overwrite the existing file?', 'it overwrites the existing file.']],
  }),
];

/** A sentence that answers the question above it. */
export const answeringRows: readonly Row<'answers'>[] = rows('answers', {
  answer: [
    /^(?:(?:well|so),? )?(?:yes|no(?! (?:rush|hurry))|a:|because|let me(?! know)|probably|hardly|not really)(?!\p{L})/u,
    ['no, it is free.', 'no rush.'],
  ],
  'it-does': [
    /^(?:it|that) (?:is|does|did|was|doesn't|didn't|isn't)[.,;:]|^i (?:don't think|decided|looked|measured)\b/,
    ['it does, under load.', 'it is written in one place, read in none.'],
  ],
});
