import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';

/** Somebody who sits at a terminal of their own, attached to the session that the bridge works in. */
export class Person {
  readonly #terminal: PrivateTmux;
  readonly #tmux: PrivateTmux;

  private constructor(terminal: PrivateTmux, tmux: PrivateTmux) {
    this.#terminal = terminal;
    this.#tmux = tmux;
  }

  static async sitDown(tmux: PrivateTmux): Promise<Person> {
    const terminal = privateTmux();
    const attach = `TMUX= exec tmux -S ${tmux.socketPath} attach -f ignore-size -t =macs`;
    await terminal.run('new-session', '-d', '-s', 'terminal', '-x', '120', '-y', '40', attach);
    const modes = () => tmux.run('list-clients', '-t', '=macs', '-F', '#{client_control_mode}');
    await waitFor('a person is attached', async () => (await modes()).includes('0'));
    return new Person(terminal, tmux);
  }

  /** Goes to the pane's window, and types. */
  async type(paneId: string, text: string): Promise<void> {
    await this.#tmux.run('select-window', '-t', paneId);
    await this.#terminal.run('send-keys', '-t', '=terminal:', '-l', text);
  }

  /** Goes to the pane's window, and presses Enter. */
  async submit(paneId: string): Promise<void> {
    await this.#tmux.run('select-window', '-t', paneId);
    await this.#terminal.run('send-keys', '-t', '=terminal:', 'Enter');
  }

  /** Leaves the terminal, as if it had been closed. */
  leave(): Promise<void> {
    return this.#terminal.stop();
  }

  /** Leaves, and waits until tmux knows. */
  async getUp(): Promise<void> {
    await this.leave();
    const modes = () => this.#tmux.run('list-clients', '-t', '=macs', '-F', '#{client_control_mode}');
    await waitFor('the person is gone', async () => !(await modes()).includes('0'));
  }
}
