import type { AgentProgram } from '../../agent-programs/agent-program.ts';
import type { PaneIdentity } from '../../core/pane.ts';
import type { Dialog } from '../../core/reading.ts';
import type { RecordedCommands } from '../../panes/recorded-commands.ts';

/** Why the command that a dialog shows may be another one than the program runs; nothing of it where it is the same for certain. */
export interface CommandDoubt {
  /** why only the human may decide */
  readonly humanOnly?: string;
  /** why no rule may choose, and no member */
  readonly noChoice?: string;
  /** the program may note the command yet */
  readonly mayEnd?: boolean;
}

export function doubtAbout(
  dialog: Dialog,
  pane: PaneIdentity,
  { name, commandRecord: record }: AgentProgram,
  commands: RecordedCommands,
): CommandDoubt {
  const { subject } = dialog;
  if (record === undefined || subject?.is !== 'command' || (subject.isWhole && record.isShownWhole(dialog))) return {};
  const recorded = commands.compare(subject.text, pane, record);
  switch (recorded.is) {
    case 'the same':
      return {};
    case 'another': {
      const real = recorded.commands.map((command) => JSON.stringify(command)).join(' or ');
      return { humanOnly: `its dialog leaves characters out; what ${name} would run is ${real}` };
    }
    case 'not noted':
    case 'no record':
      // of what is not whole no rule decides
      if (!subject.isWhole) return {};
      return {
        noChoice: `${name} does not draw every character of a command, and its own record of this one was not found`,
        mayEnd: recorded.is === 'not noted',
      };
  }
}
