/** What an audit of a home can find, why it matters and what to do about it. One row a kind; every surface takes its words from here. */
export const findingKinds = {
  damaged: {
    matters: 'what is in it cannot be trusted',
    nextStep:
      'copy the home elsewhere, then start bridge: a damaged journal is set aside, not deleted, and a fresh one is made',
  },
  'impossible-step': {
    matters: 'no bridge takes this step: another program wrote to the journal, or bridge has a fault',
    nextStep: 'look at `bridge log --id` of it and at the pane, and report it',
  },
  disagrees: {
    matters: 'what bridge acts on is not what its own record says',
    nextStep: 'trust the record (`bridge log --id`), look at the pane, and report it',
  },
  gap: {
    matters: 'the record is append-only: somebody has taken something out',
    nextStep: 'compare with a backup of bridge.db, and report it',
  },
  'no-evidence': {
    matters: 'every delivery ends with a receipt or with a reason',
    nextStep: 'look at the pane, and report it',
  },
  'typed-twice': {
    matters: 'one answer is typed once, unless a person says otherwise',
    nextStep: 'look at what the worker made of it, and report it',
  },
  'lost-delivery': {
    matters: 'the request counts as answered, and nothing carries the answer',
    nextStep: 'start bridge: the request fails with this reason; then answer in the pane',
  },
  'archive-damaged': {
    matters: 'what was archived in it may be lost; the journal itself is not touched by this',
    nextStep: 'take the file from a backup',
  },
  'page-missing': {
    matters: 'whoever looks into inbox/ does not see that it waits for him',
    nextStep: '`bridge verify --repair` writes it',
  },
  'page-left': {
    matters: 'whoever looks into inbox/ would answer what needs no answer any more',
    nextStep: '`bridge verify --repair` moves it to archive/',
  },
  'page-unknown': {
    matters: 'its request is in no journal of this home: an answer to it goes nowhere',
    nextStep: 'see whether a journal was set aside beside it; `bridge verify --repair` moves it to archive/',
  },
  'answer-left': {
    matters: 'it was not typed, and will not be: its request has ended',
    nextStep: 'read it; `bridge verify --repair` moves it to archive/',
  },
  'answer-unknown': {
    matters: 'it will not be typed: no request has this id',
    nextStep: 'correct its name, or take it away',
  },
  'mail-file': {
    matters: 'whoever reads the file does not read what was written; the journal has it',
    nextStep: '`bridge verify --repair` writes it anew, and so does a bridge that runs',
  },
  'half-written': {
    matters: 'a crash left it behind; nobody will finish it',
    nextStep: '`bridge verify --repair` removes it',
  },
  'open-to-others': {
    matters: 'other users of this machine can read it, or write it',
    nextStep: '`bridge verify --repair` closes it',
  },
  'set-aside': {
    matters: 'a journal that could not be read was kept here; what was open in it is known to nobody',
    nextStep: 'look through it, answer in the panes what still waits, and move it away',
  },
  'archive-away': {
    matters: 'what was archived in it cannot be shown; that it was raised before is still known',
    nextStep: 'nothing, where you moved it away yourself',
  },
} as const satisfies Readonly<Record<string, { readonly matters: string; readonly nextStep: string }>>;

export type FindingKind = keyof typeof findingKinds;

export interface Finding {
  readonly kind: FindingKind;
  /** the id or path it is about */
  readonly target: string;
  readonly what: string;
}

/** Worth a word, and no fault of the home. */
const notes: readonly FindingKind[] = ['set-aside', 'archive-away'];

export function isNote({ kind }: Finding): boolean {
  return notes.includes(kind);
}
