import * as z from 'zod';

/** What a user may write of an agent in bridge.yaml: the same facts as those of the built-in agent programs, or some of them. */

const pattern = z.string().check((context) => {
  try {
    new RegExp(context.value, 'u');
  } catch (fault) {
    const reason = (fault as Error).message.replace(/^Invalid regular expression: /, '');
    context.issues.push({ code: 'custom', input: context.value, message: `is not a regular expression: ${reason}` });
  }
});
const patterns = z.array(pattern);
const milliseconds = z.number().int().min(0).max(60_000);

const dialog = z.strictObject({
  kind: z.enum(['approval', 'edit', 'trust', 'login', 'update', 'choice', 'plan', 'other']),
  top: pattern,
  last: pattern,
  tail: z.number().int().min(1).max(10).optional(),
  question: pattern.optional(),
  asking: pattern.optional(),
  edge: pattern.optional(),
  isTinted: z.boolean().optional(),
  subject: z
    .strictObject({
      is: z.enum(['command', 'file']),
      row: pattern,
      indent: pattern.optional(),
      from: pattern.optional(),
      to: pattern.optional(),
      above: patterns.optional(),
      mostRows: z.number().int().min(1).max(100).optional(),
      blanksBelow: z.tuple([z.number().int().min(0), z.number().int().max(20)]).optional(),
      isMarked: z.boolean().optional(),
    })
    .optional(),
  subjectFrom: pattern.optional(),
  buttons: pattern.optional(),
  options: z
    .strictObject({ row: pattern, highlighted: pattern.optional(), key: z.string().min(1).optional() })
    .optional(),
});

/** Every part may be left out: what it extends has it, or the agent program is refused when it is made. */
export const screenSchema = z.strictObject({
  title: z.strictObject({ busy: pattern, dialog: pattern, rest: pattern }).partial().optional(),
  composer: z
    .strictObject({
      top: pattern,
      bottom: pattern,
      row: pattern,
      prompt: pattern,
      indent: pattern,
      edge: pattern,
      chrome: pattern,
      mostRows: z.number().int().min(1).max(100),
      scrolled: pattern,
      placeholders: patterns,
      isSuggestionInked: z.boolean(),
      below: z.number().int().min(0).max(60),
      footer: pattern,
      list: pattern,
      cursor: z.enum(['shown', 'drawn', 'placed']),
    })
    .partial()
    .optional(),
  busy: z
    .strictObject({ status: patterns, isStatusInked: z.boolean(), turn: patterns, footer: patterns })
    .partial()
    .optional(),
  sidebar: z.strictObject({ columns: z.number().int().min(1), fromWidth: z.number().int().min(1) }).optional(),
  queue: pattern.optional(),
  undrawn: pattern.optional(),
  queued: pattern.optional(),
  scrolledBack: pattern.optional(),
  frameEnd: pattern.optional(),
  hasNoticeRow: z.literal(true).optional(),
  starting: patterns.optional(),
  takesKeysAtOnce: z.boolean().optional(),
  rest: z.strictObject({ ended: pattern, footer: pattern, bareFooter: pattern }).partial().optional(),
  quietMs: milliseconds.optional(),
  quietAloneMs: milliseconds.optional(),
  dialogs: z.array(dialog).optional(),
  transcript: z
    .strictObject({
      input: pattern,
      isInputDim: z.boolean(),
      wrapsLeft: z.boolean(),
      block: z.enum(['line', 'tinted', 'bar']),
      own: pattern,
      tool: pattern,
      notice: pattern,
      error: pattern,
      gutter: z.number().int().min(0).max(40),
    })
    .partial()
    .optional(),
});

export const composerSchema = z
  .strictObject({
    maxLineBytes: z.number().int().min(80),
    submitKey: z.enum(['Enter', 'C-m', 'C-j', 'M-Enter']),
    settleMs: milliseconds,
    longPasteMarkers: patterns,
    commandOpenings: z.array(z.strictObject({ pattern, prefix: z.string().min(1).nullable() })),
    references: z.array(z.strictObject({ pattern, prefix: z.string().min(1).nullable() })),
    commandEndings: z.array(z.strictObject({ pattern, append: z.string().min(1).nullable() })),
    commands: z.strictObject({
      append: z.string().min(1).optional(),
      listed: pattern.optional(),
      erase: z.literal('C-e C-u').optional(),
      echoes: z.boolean(),
    }),
    changes: z
      .strictObject({
        trims: z.boolean(),
        tab: z.string(),
        form: z.literal('NFC'),
        wrapped: pattern,
        joinsFailed: z.string(),
        mayAppend: z.string(),
      })
      .partial(),
    dialogTitles: patterns,
    dialogWords: patterns,
    rescueEnters: z.number().int().min(0).max(3),
  })
  .partial();

export const agentSchema = z.strictObject({
  /** a built-in agent program whose facts these change; without it, an agent of a built-in's name changes that one */
  extends: z.string().optional(),
  programs: z.array(z.string().min(1)).optional(),
  bracketed: z.boolean().optional(),
  screen: screenSchema.optional(),
  composer: composerSchema.optional(),
  /** what `composer` was called before; it still counts */
  manner: composerSchema.optional(),
});

export type CustomAgent = z.infer<typeof agentSchema>;
