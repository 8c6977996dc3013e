import { type Row, rows } from './row.ts';

/**
 * What a sentence says of the work. The first row that is found decides, over the main clause of a sentence that asks
 * nothing.
 *
 *   open         it is not over: more is coming from the agent itself, or it could not be done
 *   unfinished   it looks like done, and is not: a part, a hypothesis, the past
 *   did          the agent did it
 *   stands       this is how things stand once it is done
 */
export type Working = 'open' | 'unfinished' | 'did' | 'stands';

/** How an agent begins to tell what comes next. */
const next =
  "i'll|i'm (?:still|now|going)|let me(?! (?:know|explain))|let's|still|next:|working|moving|continuing|starting|turning|running|fixing";

/** To have done these concludes nothing. */
const looked =
  'looked|checked|reviewed|searched|traced|noticed|tried|started|stopped|needed|need|failed|expected|compared|reproduced|asked|used|unused|measured|confirmed|wondered|managed|exceed|succeed|suggested|assumed|based|opened';

/** A word for what was done, in -ed or without. */
const did = `(?!(?:${looked})\\b)(?:\\w{2,}ed|wrote|rewrote|written|rewritten|split|set|built|rebuilt|made|put|cut|brought|sent|gave|kept|took|left|done|threw)\\b`;

/** States that work ends in. */
const ended =
  'done|complete|completed|finished|fixed|resolved|implemented|in place|ready|live|set up|green|clean|up to date|updated|installed|gone|passing|pushed|committed|removed|migrated|through|corrected|rebased';

/** States that work ends in, in other languages. */
const foreignEnded =
  "fertig|erledigt|abgeschlossen|umgestellt|terminée?|c'est fait|listo|hecho|pronto|fatto|à jour|grün|durch|pass(?:ent|aram|a)|pasan|готово|сделано|исправлено|проходят";

/** A part, in other languages. */
const foreignPart = 'noch nicht|hälfte|weil |wenn |todavía|aucune? |尚未|还没|아직|まだ|因为';

export const workingRows: readonly Row<Working>[] = [
  ...rows('open', {
    'goes-on': [
      new RegExp(`^(?:(?:now|next|then|and)[, ]*)*(?:${next})\\b|\\band i'm (?:now )?\\w+ing\\b`),
      ["next i'll look at the printer.", 'let me explain the surprising part.'],
    ],
    failure: [
      /\b(?:still|build|tests?|i) (?:fail|broken|crash|not |return|couldn't get)(?!.*\bunrelated\b)|\b[1-9]\d* failed\b/,
      ['the other three still return 500.', 'two still fail, which is unrelated.'],
    ],
  }),
  ...rows('unfinished', {
    hypothesis: [/^(?:when(?:ever)?|once|if|until|unless|while)\b/, ["once it's done, go.", "now it's done."]],
    part: [
      new RegExp(`\\b(?:so far|half|not yet|partly|almost|not written)\\b|^(?:nothing|no(?! more)) |${foreignPart}`),
      ['half of the modules are converted.', 'all modules are converted.'],
    ],
    'so-many-of': [
      /\b(\d+|two) (?:of|von) (?:the )?(?!\1\b)(?:\d+|five|six)\b/,
      ['7 of 12 are done.', '12 of 12 are done.'],
    ],
  }),
  ...rows('did', {
    done: [
      new RegExp(`^(?:(?:all|everything|that|it|ok|tasks?)(?: is|'s)?,? )*(?:${ended})(?:[.!:,;—–-]|$)`),
      ['done.', 'done lists are in the sidebar.'],
    ],
    'i-did': [
      new RegExp(`\\bi(?:'ve| have)?(?: (?:just|now|also|then|went ahead and))* (?!reverted)${did}(?! to\\b)`),
      ["i've fixed the race.", 'i checked the race.'],
    ],
    did: [
      new RegExp(`^(?:successfully |also |ok, )?${did}(?! (?:by|on|in)\\b)`),
      ['added a retry.', 'based on the log, it is the cache.'],
    ],
    'was-did': [
      /^(?!i\b)(?:[\w'/.-]+:? ){1,3}(?:fixed|added|bumped|corrected|sorted|dropped|changed)(?:[.:,]| to |$)/,
      ['version bumped to 3.2.0.', 'the commit from march changed the default.'],
    ],
    'foreign-did': [
      /(?<!\p{L})(?:ich habe|wurden?|j'ai|he|se han?|ho|foi) .*?\p{L}(?:t|en|é|ée?s|ad[oa]s?|[ií]d[oa]s?)(?!\p{L})/u,
      ["j'ai corrigé le calcul.", 'le calcul est faux.'],
    ],
    'foreign-past': [
      /(?<!\p{L})(?:adicionei|criei|removi|(?:добави|исправи|обнови)\p{L}*)(?!\p{L})|已|了。|ました|완료|[했쳤]습니다/u,
      ['エラー処理を追加しました。', 'エラーの原因です。'],
    ],
  }),
  ...rows('unfinished', {
    elsewhere: [
      /\b(?:would|will be|must|cannot|since)\b|\bin (?:version |react )?\d/,
      ['gone since 4.0.', 'it is gone.'],
    ],
  }),
  ...rows('stands', {
    'has-been': [
      /\b(?:has|have) (?:now |all |also )?been (?!deprecated|supported|started)(?:\w+ed|\w*built|made|taken care)\b/,
      ['the certificate has been renewed.', 'it has been there for years.'],
    ],
    'is-done': [
      new RegExp(
        `(?:\\b(?:is|are|was|were)|'s) (?:now |all |both )*(?:${ended})(?=[.!,;:]|$| and\\b| (?:in|on|at|onto)\\b)`,
      ),
      ['the page is in place.', 'the page is done by the worker.'],
    ],
    'tests-pass': [
      /\b(?:tests?|suite|checks?|build|ci|q{3,})\b[,:]?(?: \S+){0,4} (?:pass(?:es|ed)?|green|clean|succeeds?)\b/,
      ['all 42 tests pass.', 'the tests take a minute.'],
    ],
    'is-now': [
      /^(?!from\b).* now(?: \w+s\b| use\b| go\b|[.,!:;])|\b(?:is|are|can) now\b|\bno longer\b/,
      ['the button now closes the page.', 'from now on it closes the page.'],
    ],
    'foreign-done': [
      new RegExp(`(?<!\\p{L})(?:${foreignEnded})(?!\\p{L})|通过|成功`, 'u'),
      ['alle tests laufen durch.', 'alle tests laufen lange.'],
    ],
    works: [
      /^(?:it|the script) works[.:!]|^that (?:should fix|removes)|^this closes/,
      ['it works.', 'it works by luck.'],
    ],
  }),
];

/** What a sentence says by itself, without its subordinate clauses. */
export function mainClause(bare: string): string {
  return bare.replace(subordinate, '');
}

const subordinate =
  /(?<=. )(?:when(?:ever)?|once|if|until|after|before|because|unless|while|whether|where|how|why|means?)\b[^,;:]*/g;
