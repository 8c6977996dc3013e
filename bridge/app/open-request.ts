import type { Clock } from '../core/clock.ts';
import type { Detection } from '../core/detection.ts';
import { type PaneId, serverId, type TurnId } from '../core/ids.ts';
import type { PaneIdentity, Snapshot } from '../core/pane.ts';
import { isOpen, type Request } from '../core/request.ts';
import type { TurnMark } from '../core/turn-mark.ts';
import { repositoryOf } from '../host/repository.ts';
import type { Journal } from '../journal/journal.ts';
import type { Directory } from '../messages/directory.ts';
import type { Panes } from '../panes/panes.ts';
import type { Requests } from '../requests/requests.ts';
import type { Asker, Bearer } from './asker.ts';
import type { Changes } from './changes.ts';
import type { Projects } from './projects.ts';

/** Requests as they are opened: seen on a worker's screen, or asked from a worker's own shell. */
export class RequestOpener {
  readonly #projects: Projects;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #journal: Journal;
  readonly #panes: Panes;
  readonly #requests: Requests;
  readonly #changes: Changes;
  readonly #directory: Pick<Directory, 'at'>;

  constructor(parts: {
    projects: Projects;
    clock: Clock;
    mint: () => string;
    journal: Journal;
    panes: Panes;
    requests: Requests;
    changes: Changes;
    directory: Pick<Directory, 'at'>;
  }) {
    this.#projects = parts.projects;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#journal = parts.journal;
    this.#panes = parts.panes;
    this.#requests = parts.requests;
    this.#changes = parts.changes;
    this.#directory = parts.directory;
  }

  /**
   * @param seen.humanOnly why no controller may answer this one
   * @param seen.noChoice why nobody but the human may choose in its dialog
   */
  fromScreen(seen: {
    readonly worker: string;
    readonly pane: PaneIdentity;
    readonly agent: string;
    readonly turn: TurnId;
    readonly detection: Detection;
    readonly snapshot: Snapshot;
    readonly humanOnly?: string;
    readonly noChoice?: string;
    readonly turnMark?: TurnMark;
  }): Request {
    const { snapshot, ...rest } = seen;
    return this.#requests.open({
      ...rest,
      context: this.#contextOf(snapshot),
      ...this.#projectOf(seen.pane, snapshot),
      via: 'screen',
      deadlineAt: this.#deadline(seen.pane),
    });
  }

  /** Opens a request on behalf of a worker's own shell, and waits for its end. */
  async fromShell(
    order: {
      text: string;
      asker: Asker | Bearer;
      agent: string | null;
      wait: boolean;
      timeoutMs: number;
      key: string | null;
    },
    closed: AbortSignal,
  ): Promise<Request> {
    const { asker } = order;
    // nothing of a pane belongs to who only says that it is that pane: neither its turns nor its screen
    const snapshot = asker.is === 'proven' ? await this.#panes.capture(asker.pane).catch(() => null) : null;
    const pane: PaneIdentity = snapshot?.identity ?? {
      socketPath: '',
      host: '',
      server: serverId(0, 1),
      paneId: '%' as PaneId,
      panePid: 0,
      agentPid: null,
      agentStartedAt: null,
    };
    const request = this.#requests.open({
      ...this.#namedAs(asker, snapshot),
      ...this.#memberIn(asker, pane),
      pane,
      agent: order.agent ?? (snapshot ? this.#panes.agentProgram(snapshot).name : 'unknown'),
      turn: (order.key ?? this.#mint()) as TurnId,
      detection: { kind: 'request', text: order.text, attributes: {}, truncated: false },
      context: snapshot ? this.#contextOf(snapshot) : '',
      ...(snapshot ? this.#projectOf(pane, snapshot) : {}),
      via: 'ask',
      deadlineAt: this.#deadline(pane),
    });
    this.#requests.confirm(request.id);
    const now = () => this.#journal.request(request.id) ?? request;
    if (!order.wait) return now();
    await this.#changes.until(() => (isOpen(now()) ? null : now()), closed, order.timeoutMs || null);
    return now();
  }

  #projectOf(pane: PaneIdentity, { facts }: Snapshot): { project?: string; repository?: string } {
    const project = this.#projects.folderOf(pane, facts);
    if (project === null) return {};
    const repository = repositoryOf(project);
    return { project, ...(repository !== null && { repository }) };
  }

  #deadline(pane: PaneIdentity): number | null {
    const { requestTimeoutMs } = this.#projects.configFor(pane);
    return requestTimeoutMs > 0 ? this.#clock.now() + requestTimeoutMs : null;
  }

  /** The worker's recent screen text, for whoever answers. */
  #contextOf(snapshot: Snapshot): string {
    const rows = snapshot.rows.map((row) => row.text);
    while (rows.at(-1)?.trim() === '') rows.pop();
    const { workerContextLines: lines } = this.#projects.configFor(snapshot.identity);
    return lines === 0 ? '' : rows.slice(-lines).join('\n');
  }

  /** By whose token it was asked, or whose pane it is. */
  #memberIn(asker: Asker | Bearer, pane: PaneIdentity): { member?: string } {
    const name =
      asker.is === 'member' ? asker.name : asker.is === 'proven' ? this.#directory.at(pane)?.name : undefined;
    return name === undefined ? {} : { member: name };
  }

  /** A rule for a worker is no rule for who only claims to be it: that goes to the human. */
  #namedAs(asker: Asker | Bearer, snapshot: Snapshot | null): { worker: string; claimed?: string; humanOnly?: string } {
    if (asker.is === 'proven') {
      const { pane } = asker;
      if (snapshot === null) return { worker: pane.label || pane.paneId };
      // a pane without a label has the name that its agent has given itself
      const called = snapshot.facts.label ? undefined : this.#directory.at(snapshot.identity)?.called;
      return { worker: called ?? this.#projects.nameOf(snapshot.identity, snapshot.facts) };
    }
    if (asker.is === 'unknown') return { worker: 'shell' };
    if (asker.is === 'member') return { worker: asker.called };
    const { name } = asker;
    return {
      worker: `${name} (claimed)`,
      claimed: name,
      humanOnly: `it says that it is ${name}, and its processes do not show that`,
    };
  }
}
