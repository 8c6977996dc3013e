import { neutraliseDelimiters } from '../core/block-protocol.ts';
import { cleaned, isBlank } from '../core/cleaning.ts';
import type { ComposerFacts } from '../core/composer.ts';
import { withoutEnd } from '../core/ends.ts';
import type { Delivery, Envelope } from '../core/envelope.ts';
import { asCommand } from '../core/slash-command.ts';

export type Prepared =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'refused'; readonly reason: string };

/**
 * What is typed for a body: the same words, without what a terminal or this agent's composer would take for a command;
 * the end of a bracketed paste, after which all would be keys, is an escape sequence like others.
 * Everything else stays byte for byte: tabs, emoji with joiners, bidirectional marks, a trailing `;`.
 * @param kind a `request` was composed by our own controllers, whose delimiters are meant; a `command` is meant as one
 */
export function prepare(body: string, composerFacts: ComposerFacts, kind: Envelope['kind'] = 'message'): Prepared {
  if (kind === 'command') return prepareCommand(body, composerFacts);
  const clean = withoutEnd(wholePairs(cleaned(body)), /\n/);
  const text = kind === 'request' ? clean : neutraliseDelimiters(clean);
  if (isBlank(text)) return refused('the text is empty');
  const spoken = withoutCommands(text, composerFacts);
  if (spoken.is === 'refused' || composerFacts.bracketed) return spoken;
  return oneLine(spoken.text, composerFacts);
}

/** A draft, which may go on behind one that stands there already: then nothing of it begins a command. */
export function prepareDraft(
  { envelope, options, draft }: Pick<Delivery, 'envelope' | 'options' | 'draft'>,
  composerFacts: ComposerFacts,
): Prepared {
  const facts = options.allowShell ? withoutRefusals(composerFacts) : composerFacts;
  return prepare(envelope.body, draft === undefined ? facts : { ...facts, commandOpenings: [] }, envelope.kind);
}

/** All that the composer shows once a draft is typed; null where none can be. */
export function wholeDraft(
  delivery: Pick<Delivery, 'envelope' | 'options' | 'draft'>,
  composerFacts: ComposerFacts,
): string | null {
  if (delivery.envelope.kind === 'submit') return delivery.envelope.body;
  const prepared = prepareDraft(delivery, composerFacts);
  return prepared.is === 'refused' ? null : (delivery.draft ?? '') + prepared.text;
}

/** Whoever permits a program that runs what is typed means the text as a command, whatever it begins with. */
export function withoutRefusals(composerFacts: ComposerFacts): ComposerFacts {
  return { ...composerFacts, commandOpenings: composerFacts.commandOpenings.filter(({ prefix }) => prefix !== null) };
}

/** A command is typed as it stands, for an agent of which it is known what becomes of it then. */
function prepareCommand(body: string, { agent, bracketed, commands }: ComposerFacts): Prepared {
  const text = cleaned(body).trim();
  if (asCommand(text) === null) return refused('it is not a slash command');
  if (commands?.isAlone && /\s/.test(text)) {
    return refused(`${agent} takes a command with words behind it for prose: send ${text.split(/\s/)[0]} alone`);
  }
  if (commands !== undefined && bracketed) return { is: 'text', text: text + (commands.append ?? '') };
  return refused(
    `what ${agent} makes of a slash command was never measured, and none is sent to it; type it in its pane yourself`,
  );
}

/** Pasted without its brackets, each line break would be an Enter, and a terminal in line mode cuts what is too long. */
export function oneLine(text: string, { maxLineBytes }: Pick<ComposerFacts, 'maxLineBytes'>): Prepared {
  if (text.includes('\n')) {
    return refused('this program takes one line at a time, and the text has several (--line-mode sends each alone)');
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > maxLineBytes) return refused(`the line has ${bytes} bytes; this program takes ${maxLineBytes}`);
  return { is: 'text', text };
}

/** Half of a surrogate pair has no bytes of its own. */
function wholePairs(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function withoutCommands(text: string, composerFacts: ComposerFacts): Prepared {
  const opened = withoutOpenings(text, composerFacts);
  if (opened.is === 'refused') return opened;
  const unreferring = withoutReferences(opened.text, composerFacts);
  return unreferring.is === 'refused' ? unreferring : withoutEndings(unreferring.text, composerFacts);
}

function withoutOpenings(text: string, { agent, commandOpenings }: ComposerFacts): Prepared {
  let spoken = text;
  for (const { pattern, prefix } of commandOpenings) {
    const command = new RegExp(pattern);
    // a composer may drop what stands before a command; what its own facts put there is known to be enough
    if (!command.test(spoken) && !command.test(spoken.trimStart())) continue;
    if (prefix === null) return refused(`${agent} would take the beginning "${opening(spoken)}" for a command`);
    spoken = prefix + spoken;
  }
  if (commandOpenings.some(({ pattern }) => new RegExp(pattern).test(spoken))) {
    return refused(`${agent} would take the beginning "${opening(spoken)}" for a command, whatever is put before it`);
  }
  return { is: 'text', text: spoken };
}

function withoutReferences(text: string, { agent, references }: ComposerFacts): Prepared {
  let spoken = text;
  for (const { pattern, prefix } of references) {
    const named = new RegExp(pattern, 'g');
    const first = named.exec(spoken);
    if (first === null) continue;
    if (prefix === null) {
      return refused(`${agent} would replace "${opening(spoken.slice(first.index))}" by what it names`);
    }
    spoken = spoken.replace(named, (found) => prefix + found);
  }
  return { is: 'text', text: spoken };
}

function withoutEndings(text: string, { agent, commandEndings }: ComposerFacts): Prepared {
  let spoken = text;
  for (const { pattern, append } of commandEndings) {
    if (!new RegExp(pattern).test(spoken)) continue;
    if (append === null) {
      return refused(
        `${agent} would not take Enter after the ending "${spoken.trimEnd().slice(-12)}" for its submission`,
      );
    }
    spoken += append;
  }
  return { is: 'text', text: spoken };
}

function opening(text: string): string {
  return text.trimStart().slice(0, 12).split('\n')[0]!;
}

function refused(reason: string): Prepared {
  return { is: 'refused', reason };
}
