import { type Row, rows } from './row.ts';

/**
 * What a sentence says of the work. The first row that is found decides, over the main clause of a sentence that asks
 * nothing.
 *
 *   goes-on      more of it is coming, from the agent itself
 *   failed       it could not be done
 *   unfinished   it looks like done, and is not: a part, a hypothesis, the past
 *   did          the agent did it
 *   stands       this is how things stand once it is done
 */
export type Working = 'goes-on' | 'failed' | 'unfinished' | 'did' | 'stands';

/** To have done these concludes nothing. */
const looked =
  'looked|checked|reviewed|searched|traced|noticed|tried|started|stopped|needed|need|failed|expected|compared|reproduced|asked|used|unused|measured|confirmed|wondered|managed|exceed|succeed|suggested|assumed|based|opened';

/** What was done, where it does not end in -ed. */
const irregular =
  'wrote|rewrote|written|rewritten|split|set|built|rebuilt|made|put|cut|brought|sent|gave|kept|took|left|done|threw';

/** A word for what was done. */
const did = `(?!(?:${looked})\\b)(?:\\w{2,}ed|${irregular})\\b`;

/** States that work ends in. */
const ended =
  'done|complete|completed|finished|fixed|resolved|implemented|in place|ready|live|set up|green|clean|up to date|updated|installed|gone|passing|pushed|committed|removed|migrated|through|corrected|rebased';

export const workingRows: readonly Row<Working>[] = [
  ...rows('goes-on', {
    'still-going': {
      pattern:
        /^(?:(?:now|next|then|and)[, ]*)*(?:i'll|i'm (?:still|now|going)|let me(?! (?:know|explain))|let's|still|next:)\b/,
      like: "next i'll look at the printer.",
      unlike: 'let me explain the surprising part.',
    },
    'going-on': {
      pattern: /^(?:working|moving|continuing|starting|turning|running|fixing)\b|\band i'm (?:now )?\w+ing\b/,
      like: 'continuing with the printer.',
      unlike: 'the printer is running.',
    },
  }),
  ...rows('failed', {
    failure: {
      pattern:
        /\b(?:now|still|build|tests?|i) (?:fail|broken|crash|not |return|couldn't get)(?!.*\bunrelated\b)|\b[1-9]\d* failed\b/,
      like: 'the other three still return 500.',
      unlike: 'two still fail, which is unrelated.',
    },
  }),
  ...rows('unfinished', {
    hypothesis: {
      pattern: /^(?:when(?:ever)?|once|if|until|unless|while)\b/,
      like: "once it's done, the old table can go.",
      unlike: 'now that it is done, the old table can go.',
    },
    part: {
      pattern: /\b(?:so far|half|not yet|partly|almost|to the chat|not written)\b|^(?:nothing|no(?! more)) /,
      like: 'half of the modules are converted.',
      unlike: 'all modules are converted.',
    },
    'so-many-of': {
      pattern: /\b(\d+|two|three) of (?:the )?(?!\1\b)(?:\d+|five|six)\b/,
      like: '7 of 12 modules are converted.',
      unlike: '12 of 12 modules are converted.',
    },
    'foreign-part': {
      pattern:
        /noch nicht|todavía|尚未|还没|아직|まだ|因为|(?<!\p{L})(?:weil|wenn|hälfte|aucune?|\d+ von \d+)(?!\p{L})/u,
      like: 'die umstellung ist noch nicht fertig.',
      unlike: 'die umstellung ist fertig.',
    },
  }),
  ...rows('did', {
    done: {
      pattern: new RegExp(`^(?:(?:all|everything|that|it|ok|tasks?)(?: is|'s)?,? )*(?:${ended})(?:[.!:,;—–-]|$)`),
      like: 'done.',
      unlike: 'done lists are in the sidebar.',
    },
    'i-did': {
      pattern: new RegExp(`\\bi(?:'ve| have)?(?: (?:just|now|also|then|went ahead and))* (?!reverted)${did}(?! to\\b)`),
      like: "i've fixed the race.",
      unlike: 'i checked the race.',
    },
    did: {
      pattern: new RegExp(`^(?:successfully |also |ok, )?${did}(?! (?:by|on|in)\\b)`),
      like: 'added a retry.',
      unlike: 'based on the log, it is the cache.',
    },
    'was-did': {
      pattern:
        /^(?!i\b)(?:[\w'/.-]+:? ){1,3}(?:fixed|added|bumped|corrected|sorted|dropped|changed)(?:[.:,]| to | in both|$)/,
      like: 'version bumped to 3.2.0.',
      unlike: 'the commit from march changed the default.',
    },
    'foreign-done': {
      pattern: /^(?:fertig|erledigt|terminé|c'est fait|listo|hecho|pronto|fatto|готово|сделано|исправлено)(?!\p{L})/u,
      like: 'listo.',
      unlike: 'la lista está vacía.',
    },
    'foreign-did': {
      pattern:
        /(?<!\p{L})(?:ich habe|wurden?|j'ai|he|se han?|ho|foi) .*?\p{L}(?:t|en|é|ée?s|ad[oa]s?|[ií]d[oa]s?)(?!\p{L})/u,
      like: "j'ai corrigé le calcul.",
      unlike: 'le calcul est faux.',
    },
    'foreign-past': {
      pattern:
        /(?<!\p{L})(?:adicionei|criei|removi|(?:добавил|исправил|обновил|перенёс)\p{L}*)(?!\p{L})|已|了。|ました|완료|[했쳤]습니다/u,
      like: 'エラー処理を追加しました。',
      unlike: 'エラーの原因です。',
    },
  }),
  ...rows('unfinished', {
    elsewhere: {
      pattern: /\b(?:would|will be|must|cannot|since)\b|\bin (?:version |react )?\d/,
      like: 'the method has been deprecated since 4.0.',
      unlike: 'the method is gone.',
    },
  }),
  ...rows('stands', {
    'has-been': {
      pattern:
        /\b(?:has|have) (?:now |all |also )?been (?!deprecated|supported|started)(?:\w+ed|rewritten|built|made|taken care)\b/,
      like: 'the certificate has been renewed.',
      unlike: 'it has been there for years.',
    },
    'is-done': {
      pattern: new RegExp(
        `\\b(?:is|are|was|were|'s) (?:now |all |both )*(?:${ended})(?=[.!,;:]|$| and\\b| (?:in|on|at) (?:q|all\\b)| onto\\b)`,
      ),
      like: 'the page is in place.',
      unlike: 'the page is done by the worker.',
    },
    'tests-pass': {
      pattern:
        /\b(?:tests?|suite|specs?|checks?|builds?|ci|q{3,})\b[,:]?(?: \S+){0,4} (?:pass(?:es|ed)?|green|clean|succeeds?)\b/,
      like: 'all 42 tests pass.',
      unlike: 'the tests take a minute.',
    },
    'is-now': {
      pattern: /^(?!from\b).* now(?: \w+s\b| use\b| go\b|[.,!:;])|\b(?:is|are|can) now\b|\bno longer\b/,
      like: 'the button now closes the page.',
      unlike: 'from now on it closes the page.',
    },
    works: {
      pattern:
        /^(?:it|the script) works[.:!]|^that (?:should fix|removes)|^this closes|\b(?:are|load) (?:on|from) the new\b/,
      like: 'the script works.',
      unlike: 'the script works by keeping a list.',
    },
    'foreign-stands': {
      pattern:
        /(?<!\p{L})(?:abgeschlossen|umgestellt|terminée|à jour|grün|durch|pass(?:ent|aram|a)|pasan|проходят)(?!\p{L})|通过|成功/u,
      like: 'alle tests laufen durch.',
      unlike: 'alle tests laufen lange.',
    },
  }),
];

/** What a sentence says by itself, without its subordinate clauses. */
export function mainClause(bare: string): string {
  return bare.replace(subordinate, '');
}

const subordinate =
  /(?<=. )(?:when(?:ever)?|once|if|until|after|before|because|unless|while|whether|where|how|why|means?)\b[^,;:]*/g;
