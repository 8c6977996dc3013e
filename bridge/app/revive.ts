import { quoteCommand } from '../core/command-line.ts';
import type { Documents } from '../core/documents.ts';
import { messageOf } from '../core/failure.ts';
import type { Member } from '../core/member.ts';
import { identityKey, type PaneFacts } from '../core/pane.ts';
import type { BoundedCommand, EndedCommand } from '../host/bounded-command.ts';

/** From the start of its command until it is there again. */
export const reviveLimitMs = 60_000;
/** Who has just gone may be coming back by itself. */
const graceMs = 5_000;
/** Whether a member that is not watched is gone is asked no more often. */
const againAfterMs = 10_000;
const lookMs = 500;

/** What a member does, as far as its watched pane shows it. */
export type Life =
  | { readonly is: 'living' | 'none' }
  /** a shell is left in its pane */
  | { readonly is: 'exited'; readonly since: number };

/** An agent's pane, and whose it is. */
export interface AgentPane {
  readonly facts: PaneFacts;
  /** who has been bound to it, and since when that member is known; null: nobody */
  readonly member: Pick<Member, 'name' | 'addedAt'> | null;
  /** name of its project, which is fixed from then on */
  readonly project: () => string | null;
}

export interface ReviverParts {
  readonly memory: Documents;
  readonly now: () => number;
  readonly after: (ms: number, then: () => void) => () => void;
  /** those for whom something waits */
  readonly due: () => Member[];
  /** those for whom a command is named */
  readonly revivable: () => ReadonlyArray<{ readonly member: Member; readonly argv: readonly string[] }>;
  readonly lifeOf: (member: Member) => Life;
  readonly isGone: (member: Member) => Promise<boolean>;
  readonly agentPanes: (member: Member) => Promise<readonly AgentPane[]>;
  /** this pane is the member's from now on */
  readonly bind: (member: Member, pane: AgentPane) => Promise<void>;
  readonly run: (member: Member, argv: readonly string[]) => BoundedCommand;
  readonly shown: (member: Member) => string;
  readonly say: (level: 'info' | 'warning', text: string) => void;
}

/**
 * Starts members anew for whom something waits and who are gone, by the commands of local configuration: once for each death,
 * whatever becomes of it and across restarts. The pane that comes is the member's: by its label and project, or as the one
 * new pane of an agent in that project.
 */
export class Reviver {
  readonly #parts: ReviverParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #commands = new Set<BoundedCommand>();
  readonly #lookAt = new Map<string, number>();
  #isClosed = false;

  constructor(parts: ReviverParts) {
    this.#parts = parts;
  }

  tick(now: number): void {
    const { memory, revivable, due, lifeOf } = this.#parts;
    const waiting = new Set(due().map(({ name }) => name));
    for (const { member, argv } of revivable()) {
      const { name } = member;
      const life = lifeOf(member);
      const isDone = memory.memory(keyOf(name)) !== null;
      if (life.is === 'living') {
        // its next death is another one
        if (isDone && !this.#running.has(name)) memory.saveMemory(keyOf(name), null);
        continue;
      }
      const since = life.is === 'exited' ? life.since : (member.lastSeenAt ?? 0);
      const isLate = now >= (this.#lookAt.get(name) ?? 0) && now - since >= graceMs;
      if (isDone || !isLate || !waiting.has(name) || !member.isEnabled || this.#running.has(name)) continue;
      this.#lookAt.set(name, now + againAfterMs);
      const done = this.#revive(member, argv, life, 'is gone, and messages wait for it')
        .then(() => {})
        .catch((fault) => this.#parts.say('warning', `${this.#parts.shown(member)}: ${messageOf(fault)}`))
        .finally(() => this.#running.delete(name));
      this.#running.set(name, done);
    }
  }

  /**
   * A person wants it now, whether something waits or not, and whatever its command came to before.
   * @returns why it is not there when that is over; null where it is
   * @throws Error where it is there already, is being started, or has no command
   */
  async start(member: Member): Promise<string | null> {
    const { revivable, lifeOf, isGone } = this.#parts;
    const { name } = member;
    const argv = revivable().find((one) => one.member.name === name)?.argv;
    if (argv === undefined) throw new Error('no command is named that starts it');
    if (this.#running.has(name)) throw new Error('it is being started');
    const life = lifeOf(member);
    if (life.is === 'living' || (life.is === 'none' && !(await isGone(member)))) throw new Error('it is there');
    const came = this.#revive(member, argv, life, 'is started by a person');
    this.#running.set(
      name,
      came
        .then(() => {})
        .catch(() => {})
        .finally(() => this.#running.delete(name)),
    );
    return came;
  }

  /** Ends what runs, and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const command of this.#commands) command.kill();
    await Promise.all(this.#running.values());
  }

  /** @returns why it did not come; null where it is there */
  async #revive(member: Member, argv: readonly string[], life: Life, because: string): Promise<string | null> {
    const { memory, isGone, agentPanes, shown, say, run, now } = this.#parts;
    if (life.is === 'none' && !(await isGone(member))) return null;
    const before = new Set((await agentPanes(member)).map(({ facts }) => identityKey(facts)));
    if (this.#isClosed) return stopped;
    const startedAt = now();
    // kept before it is run: who dies here runs it no second time
    memory.saveMemory(keyOf(member.name), { at: startedAt });
    say('info', `${shown(member)} ${because}: its revive command runs: ${quoteCommand(argv)}`);
    const command = run(member, argv);
    this.#commands.add(command);
    void command.ended.then(() => this.#commands.delete(command));
    const why = await this.#comes(member, command, { before, startedAt });
    if (this.#isClosed) return stopped;
    if (why === null) say('info', `${shown(member)} is back`);
    else
      say('warning', `${shown(member)} is not back, and its mail waits: ${why}; its revive command is not run again`);
    return why;
  }

  /** @returns why it did not come; null where it is there */
  async #comes(
    member: Member,
    { ended }: BoundedCommand,
    start: { readonly before: ReadonlySet<string>; readonly startedAt: number },
  ): Promise<string | null> {
    const { lifeOf, now } = this.#parts;
    let end: EndedCommand | null = null;
    void ended.then((found) => {
      end = found;
    });
    let comer: string | null = null;
    while (!this.#isClosed) {
      if (lifeOf(member).is === 'living') return null;
      const why = end === null ? null : whyFailed(end);
      if (why !== null) return why;
      const comers = await this.#newIn(member, start);
      const [only, ...others] = comers;
      if (only !== undefined && others.length === 0 && end !== null) {
        // twice the same: another may be starting just now
        if (comer === identityKey(only.facts)) {
          await this.#parts.bind(member, only);
          return null;
        }
        comer = identityKey(only.facts);
      }
      if (now() - start.startedAt >= reviveLimitMs && end !== null)
        return others.length > 0
          ? `several new agents came, ${comers.map(({ facts }) => facts.paneId).join(', ')}; \`bridge add ${member.called} %N\` names the one`
          : 'no agent came';
      await new Promise<void>((resolve) => this.#parts.after(lookMs, resolve));
    }
    return stopped;
  }

  /** Agents' panes that have come since, in the member's project, and that nobody else had before. */
  async #newIn(
    member: Member,
    { before, startedAt }: { readonly before: ReadonlySet<string>; readonly startedAt: number },
  ): Promise<AgentPane[]> {
    const slash = member.called.indexOf('/');
    const own = slash < 0 ? null : member.called.slice(0, slash);
    return (await this.#parts.agentPanes(member)).filter(
      ({ facts, member: holder, project }) =>
        !before.has(identityKey(facts)) &&
        (holder === null || holder.addedAt >= startedAt) &&
        (own === null || project() === own),
    );
  }
}

const stopped = 'the bridge has stopped';

function whyFailed({ code, isLate, said }: EndedCommand): string | null {
  if (isLate) return `its revive command did not end within ${reviveLimitMs / 1000} s, and was ended`;
  if (code === 0) return null;
  const how = code === null ? 'could not be run' : `ended with ${code}`;
  return `its revive command ${how}${said === '' ? '' : `: ${said.split('\n').at(-1)}`}`;
}

function keyOf(name: string): string {
  return `revived|${name}`;
}
