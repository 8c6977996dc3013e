import { usageError } from './failure.ts';

/** `/name`, or `/name words`, in one line. A path has a second slash in its first word. */
const slashCommand = /^\/(?<name>[A-Za-z][\w:.-]*)(?: (?<words>[^\n]*\S))?$/;

export interface SlashCommand {
  /** without its slash */
  readonly name: string;
  /** what stands behind the name; empty where nothing does */
  readonly words: string;
}

/** The agent's own command that this text would be, were it typed as it is; null for any other text. */
export function asCommand(text: string): SlashCommand | null {
  const { name, words = '' } = slashCommand.exec(text.trim())?.groups ?? {};
  return name === undefined ? null : { name, words };
}

/** @throws BridgeError where the text is none; `!` runs in a shell, and is never sent as a command */
export function commandOf(text: string): SlashCommand {
  const command = asCommand(text);
  if (command !== null) return command;
  const why = text.trim().startsWith('!')
    ? 'runs in a shell, and is never sent as a command'
    : 'is not a slash command in one line';
  throw usageError('--command', text, why, 'for instance /compact; a text goes without --command');
}
