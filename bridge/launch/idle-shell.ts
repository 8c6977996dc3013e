import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { PaneId } from '../core/ids.ts';
import { synchronizedInWords } from '../core/pane.ts';
import { isSynchronized, type Tmux } from './tmux.ts';

/** Shells whose quoting the typed line is written for. */
const shells = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish']);
const psLimitMs = 5000;

export function isShell(program: string): boolean {
  return shells.has(program.replace(/^-/, '')) || ['csh', 'tcsh', 'nu', 'xonsh', 'pwsh', 'elvish'].includes(program);
}

/**
 * Types one command line at a shell's empty prompt, and nowhere else. Null when it was typed, else why it was not.
 * The look and the keys are one step for tmux: if the pane has changed since the look, nothing is typed.
 */
export async function typeAtIdleShell(tmux: Tmux, paneId: PaneId, line: string): Promise<string | null> {
  const [facts = ''] = await tmux.run(
    'display-message',
    '-p',
    '-t',
    paneId,
    `#{pane_pid} #{cursor_x} #{cursor_y} #{pane_in_mode} #{pane_input_off} ${isSynchronized} #{pane_current_command}`,
  );
  const [pid = '', x = '', y = '', inMode, inputOff, synchronized, ...command] = facts.split(' ');
  const program = command.join(' ');
  if (!shells.has(program)) return `${program} is in the foreground, not a shell at its prompt`;
  if (inMode !== '0') return 'the pane is in copy mode';
  if (inputOff !== '0') return 'input to the pane is switched off';
  if (synchronized !== '0') return synchronizedInWords;
  if (!(await ownsTerminal(Number(pid)))) return `the pane's own shell is not at its prompt: ${program} runs in it`;
  const screen = await tmux.run('capture-pane', '-p', '-t', paneId);
  const prompt = (screen[Number(y)] ?? '').trimEnd();
  if (!/[$#%>❯➜»✗λ›⟩]$/u.test(prompt)) return 'its prompt cannot be seen to be empty';

  const buffer = `bridge-launch-${process.pid}-${randomBytes(4).toString('hex')}`;
  await tmux.run('set-buffer', '-b', buffer, '--', line);
  const same = [
    `#{==:#{pane_pid},${pid}}`,
    `#{==:#{pane_current_command},${program}}`,
    `#{==:#{cursor_x} #{cursor_y},${x} ${y}}`,
    '#{==:#{pane_in_mode},0}',
    '#{==:#{pane_input_off},0}',
    `#{==:${isSynchronized},0}`,
  ].reduce((all, one) => `#{&&:${all},${one}}`);
  const said = await tmux.run(
    'if-shell',
    '-F',
    '-t',
    paneId,
    same,
    `paste-buffer -p -r -d -b ${buffer} -t ${paneId} ; send-keys -t ${paneId} Enter`,
    `delete-buffer -b ${buffer} ; display-message -p held`,
  );
  return said.includes('held') ? 'the pane changed while it was being looked at' : null;
}

/**
 * True when the process, alone, is the terminal's foreground job. A shell that is not interactive runs its programs in
 * its own group, so that tmux names the shell while another program reads the keys.
 */
function ownsTerminal(pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('ps', ['-A', '-o', 'pid=,pgid=,tpgid='], { timeout: psLimitMs }, (fault, stdout) => {
      const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
      const shell = rows.find((row) => row[0] === pid);
      const alone = shell !== undefined && rows.filter((row) => row[1] === shell[1]).length === 1;
      resolve(fault === null && alone && shell[1] === shell[2]);
    });
  });
}
