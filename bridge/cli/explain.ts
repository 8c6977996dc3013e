import { lstatSync } from 'node:fs';
import type { Command } from 'commander';
import { BridgeError, ExitCode, messageOf, usageError } from '../core/failure.ts';
import { act, type Context, withOptions } from './context.ts';
import { asValue, type Explained, render } from './explanation.ts';
import { invoke } from './invoke.ts';
import { targetOf, warnAll } from './pane.ts';
import { saveScreen, withSaveOptions } from './save-screen.ts';

export function registerExplain(command: Command): void {
  command.argument(
    '[target-or-file...]',
    'a pane (%3, session:window.pane, label, …), or recorded screens (.txt, .ansi)',
  );
  withSaveOptions(command);
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const save = saveScreen(command);
      const names = [...command.args, ...save.targets];
      if (save.isWanted && (names.length > 1 || names.some(isFile)))
        throw usageError('--save', names.join(' '), 'makes a fixture of one live pane');
      if (names.length === 0 || (names.length === 1 && !isFile(names[0]!))) {
        const explanation = await explainPane(context, names[0] ?? null);
        const { pane, socketPath, snapshot } = explanation;
        const program = context.config.agent ?? snapshot.program ?? 'unknown';
        return showOne(context, explanation, save.keep(pane, socketPath, program));
      }
      const all: Array<Explained | { readonly source: string; readonly fault: string }> = [];
      for (const name of names) all.push(await explainNamed(context, name));
      return showAll(context, all);
    }),
  );
}

/** A name that is a path or ends as a recorded screen, or a file that is there; `shop/worker` is a worker otherwise. */
function isFile(name: string): boolean {
  const isPath = /^(?:\.{0,2}|~)\/|\.(?:txt|ansi)$/.test(name);
  return isPath || isThere(name);
}

function isThere(name: string): boolean {
  try {
    return lstatSync(name).isFile();
  } catch {
    return false; // none of that name, or one that no file can have
  }
}

async function explainNamed(context: Context, name: string): Promise<Explained | { source: string; fault: string }> {
  try {
    if (!isFile(name)) return await explainPane(context, name);
    const { explainFile } = await import('./explain-file.ts');
    return explainFile(context, name);
  } catch (fault) {
    if (!(fault instanceof BridgeError) || fault.exitCode === ExitCode.usageError) throw fault;
    return { source: name, fault: messageOf(fault) };
  }
}

async function explainPane(context: Context, name: string | null) {
  const { warnings, ...found } = await invoke(context, 'explain', { target: targetOf(context), name });
  warnAll(context, warnings);
  return { ...found, label: null };
}

async function showOne(
  { out }: Context,
  explanation: Explained,
  keep: () => Promise<{ text: string; entry: unknown } | null>,
): Promise<ExitCode> {
  const saved = await keep();
  const text = saved === null ? render(explanation) : `${render(explanation)}\n\n${saved.text}`;
  out.result(text, { ...asValue(explanation), ...(saved === null ? {} : { saved: saved.entry }) });
  return ExitCode.done;
}

/** One that cannot be read is said, and the others are shown all the same. */
function showAll({ out }: Context, all: ReadonlyArray<Explained | { source: string; fault: string }>): ExitCode {
  const read = all.filter((one) => 'reading' in one);
  for (const one of all) if ('fault' in one) out.warn(one.fault);
  out.result(
    read.map((one) => render(one)).join('\n\n'),
    all.map((one) => ('reading' in one ? asValue(one) : { source: one.source, error: one.fault })),
  );
  return read.length > 0 ? ExitCode.done : ExitCode.failed;
}
