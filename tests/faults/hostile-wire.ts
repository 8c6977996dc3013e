import type { Bridge } from '../../bridge/app/bridge.ts';
import { asPaneId } from '../../bridge/core/ids.ts';
import type { PaneAddress } from '../../bridge/core/pane.ts';
import { commandLine } from '../../bridge/tmux/control-mode.ts';
import type { TmuxServer } from '../../bridge/tmux/server.ts';
import { monotonic } from '../fixtures/monotonic.mjs';

/**
 * One conditional paste or Enter of the bridge, as tmux ran it. `view` is what tmux itself had drawn in that very step:
 * the question is put into the same server step as the act, so nothing lies between them.
 */
export interface Step {
  readonly kind: 'paste' | 'press';
  readonly sentAt: number;
  readonly doneAt: number;
  readonly said: string;
  readonly view: View;
}

export interface View {
  readonly command: string;
  readonly inMode: boolean;
  /** the case's dialog stood on the screen */
  readonly dialog: boolean;
  /** the person's word stood on the screen */
  readonly person: boolean;
}

export interface Tapped {
  /** what is looked for on the screen in each step */
  readonly words: { readonly dialogWord: string; readonly personsWord: string };
  before(kind: Step['kind']): Promise<void>;
  after(step: Step): Promise<void>;
  /** what the bridge hears of the pane */
  rang(bytes: Buffer): void;
}

/** Taps the wires between the courier and tmux: everything passes as it is, and each step that types is told of. */
export function tap(bridge: Bridge, tapped: (pane: PaneAddress) => Tapped | undefined): void {
  const emit = bridge.emit.bind(bridge);
  bridge.emit = (event) => {
    emit(event);
    if (event.type === 'output') tapped(event.address)?.rang(event.bytes);
  };
  for (const server of bridge.servers.all) tapServer(server, tapped);
}

function tapServer(tmux: TmuxServer, tapped: (pane: PaneAddress) => Tapped | undefined): void {
  const run = tmux.run.bind(tmux);
  tmux.run = async (...argv) => {
    const kind = kindOf(argv);
    const one = kind === null ? undefined : tapped({ ...tmux.server!, paneId: asPaneId(argv[3]!)! });
    if (kind === null || one === undefined) return run(...argv);
    await one.before(kind);
    const sentAt = monotonic();
    const lines = await run(...withView(argv, one));
    await one.after({ kind, sentAt, doneAt: monotonic(), said: wordOf(lines), view: viewOf(lines[0] ?? '') });
    return lines;
  };
}

/** The word before the mark of this one command. */
function wordOf(lines: readonly string[]): string {
  return lines.at(-1)?.replace(/-[0-9a-f]+$/, '') ?? '';
}

/** `if-shell -F -t %N FORMAT ACT OTHERWISE`, as bridge/tmux/typing.ts says it; ACT may be a note and another of these. */
function kindOf([name, , , , , act = '']: readonly string[]): Step['kind'] | null {
  if (name !== 'if-shell') return null;
  const typing = /(?:^| ")(paste-buffer|send-keys) /.exec(act)?.[1];
  return typing === undefined ? null : typing === 'paste-buffer' ? 'paste' : 'press';
}

function withView([name, flag, t, pane, format, act, otherwise]: readonly string[], { words }: Tapped): string[] {
  const dialog = `#{C:$ ${words.dialogWord}}#{C:command? ${words.dialogWord}}`;
  const view = `#{pane_current_command}|#{pane_in_mode}|${dialog}|#{C:${words.personsWord}}`;
  const question = commandLine(['display-message', '-p', '-t', pane!, view]);
  return [name!, flag!, t!, pane!, format!, `${question} ; ${act}`, `${question} ; ${otherwise}`];
}

function viewOf(line: string): View {
  const [command = '', inMode = '', dialog = '', person = ''] = line.split('|');
  return { command, inMode: inMode !== '0', dialog: /[1-9]/.test(dialog), person: /[1-9]/.test(person) };
}
