import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../fixtures/private-tmux.ts';
import type { SimulatedAgent } from './simulation.ts';

/** A program in a pane beside an agent, which writes down every byte that it is made to read: none may be a bridge's. */
export class Neighbour {
  readonly #agent: SimulatedAgent;
  readonly #paneId: string;
  readonly #read: string;

  private constructor(agent: SimulatedAgent, paneId: string, read: string) {
    this.#agent = agent;
    this.#paneId = paneId;
    this.#read = read;
  }

  /** In a window of its own, to begin with. */
  static async of(agent: SimulatedAgent): Promise<Neighbour> {
    const { tmux, name } = agent;
    const read = join(tmux.folder, `${name}.beside`);
    writeFileSync(read, '');
    const program = `stty raw -echo; exec cat >> ${read}`;
    const paneId = (await tmux.run('new-window', '-d', '-t', '=macs:', '-P', '-F', '#{pane_id}', program)).trim();
    const command = () => tmux.run('display-message', '-p', '-t', paneId, '#{pane_current_command}');
    await waitFor(`a program beside ${name} reads`, async () => (await command()).trim() === 'cat');
    return new Neighbour(agent, paneId, read);
  }

  /** The tmux command after which what is typed into one of the two panes goes to both. */
  get synchronizing(): readonly string[] {
    const { paneId } = this.#agent;
    const joining = ['join-pane', '-d', '-v', '-l', '5', '-s', this.#paneId, '-t', paneId];
    return [...joining, ';', 'set-option', '-w', '-t', paneId, 'synchronize-panes', 'on'];
  }

  /** The tmux command after which this program stands where the agent's pane stood. */
  get swapping(): readonly string[] {
    return ['swap-pane', '-d', '-s', this.#paneId, '-t', this.#agent.paneId];
  }

  /** Ends it once it has read all. @returns what it was made to read, in words */
  async leave(): Promise<string[]> {
    const { tmux, name, paneId } = this.#agent;
    const end = '\x04';
    const read = () => readFileSync(this.#read, 'latin1');
    for (const each of [paneId, this.#paneId]) {
      await tmux.run('set-option', '-w', '-u', '-t', each, 'synchronize-panes').catch(() => '');
    }
    await tmux.run('send-keys', '-t', this.#paneId, 'C-d');
    await waitFor(`the program beside ${name} has read all`, () => read().endsWith(end));
    await tmux.run('kill-pane', '-t', this.#paneId);
    const ours = read().slice(0, -end.length);
    return ours === '' ? [] : [`harm: the program beside ${name} was made to read ${JSON.stringify(ours)}`];
  }
}
