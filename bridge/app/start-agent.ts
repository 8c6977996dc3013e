import { BridgeError, messageOf, unknownName, usageError } from '../core/failure.ts';
import { isProgram, memberName } from '../core/member.ts';
import { fullName } from '../core/names.ts';
import type { PaneFacts } from '../core/pane.ts';
import { systemClock } from '../host/clock.ts';
import { startablePrograms } from '../launch/agent-command.ts';
import { type AnotherStarted, startAnother } from '../launch/another-agent.ts';
import type { LaunchEnvironment } from '../launch/environment.ts';
import { hasWorkerSkill } from '../launch/repository-files.ts';
import { everyWorker } from '../requests/budget.ts';
import { paneFacts } from '../tmux/pane.ts';
import type { Bridge } from './bridge.ts';
import { tmuxAt } from './launch-turn.ts';
import { knownWorkers } from './pausing.ts';
import { placeFor } from './place-of-member.ts';
import type { KnownProject } from './projects.ts';
import { environmentIn, type ForStartable, panesOf, placeIn, projectsThere } from './startable.ts';

type ForStarting = ForStartable &
  Pick<
    Bridge,
    'directory' | 'journal' | 'membership' | 'membersChanged' | 'panes' | 'requests' | 'say' | 'starts' | 'workerNames'
  >;

export interface StartedAgent extends AnotherStarted {
  readonly name: string;
  readonly fullName: string;
  readonly agent: string;
  readonly socketPath: string;
  readonly session: string;
  readonly notes: readonly string[];
}

/**
 * Starts one more agent of the catalogue in a project that the bridge knows, because a person wants it: the command line is the
 * catalogue's, the folder and the tmux session are the project's. It is watched as a worker, and a member by this name.
 * A pause keeps nobody from it, as from nothing else that a person does by hand: what the new one asks is paused like all else.
 * @throws BridgeError before anything is done, where it cannot be started; after that with the pane, where there is one
 */
export async function startAgent(
  bridge: ForStarting,
  order: { readonly agent: string; readonly project: string; readonly name: string; readonly by: string },
  closed: AbortSignal,
): Promise<StartedAgent> {
  const { agent, by } = order;
  const failed = refusalOf(order.name);
  if (bridge.config.dryRun) throw failed('a dry run starts nothing');
  return bridge.starts.exclusive(async () => {
    const panesAt = panesOf(bridge);
    const name = labelFor(bridge, order.name);
    const project = projectNamed(bridge, order.project);
    const environment = environmentIn(bridge, project.folder);
    checkProgram(agent, environment);
    const place = await placeIn(bridge, project, panesAt);
    if ('why' in place) throw failed(place.why, nextFor(project));
    const full = fullName(project.name, name);
    refuseTaken(bridge, { full, name, project }, (await panesAt(place.socketPath)) ?? []);
    if (closed.aborted) throw failed('nobody waits any more');
    bridge.starts.count(name);
    const record = (kind: 'worker-starting' | 'worker-started' | 'worker-not-started', data: object) =>
      bridge.journal.record({ at: systemClock.now(), kind, subject: full, data: { by, agent, ...data } });
    record('worker-starting', { folder: project.folder, ...place });
    try {
      const started = await startAnother({ agent, name, ...place }, tmuxAt, environment);
      await watchFromNow(bridge, { name, project, ...place }, started);
      record('worker-started', { pane: started.paneId, command: started.command, ...place });
      bridge.say('info', `${full} was started by ${by} in ${started.paneId}: ${started.command}`);
      return {
        name: bridge.directory.shown(full),
        fullName: full,
        agent,
        ...place,
        ...started,
        notes: notesOn(bridge, project),
      };
    } catch (fault) {
      record('worker-not-started', { reason: messageOf(fault) });
      throw fault;
    }
  });
}

/**
 * It is a worker of that project, and a member by that name. It is watched before it is a member: who then asks what it does
 * need not look at its screen.
 */
async function watchFromNow(
  bridge: ForStarting,
  {
    name,
    project,
    socketPath,
    session,
  }: { readonly name: string; readonly project: KnownProject; readonly socketPath: string; readonly session: string },
  { paneId }: AnotherStarted,
): Promise<void> {
  const tmux = bridge.servers.lone(socketPath);
  const facts = tmux && (await paneFacts(tmux, paneId));
  if (facts === null)
    throw refusalOf(name)(
      `its pane ${paneId} has closed again`,
      `look at what its program says: start it by hand in ${project.folder}`,
    );
  const { host, server, panePid, label } = facts;
  await bridge.servers.reach(facts, socketPath);
  const record = { project: project.folder, host, server, socketPath, session, label };
  bridge.projects.started({ host, server, paneId, panePid }, record);
  await bridge.membersChanged();
  bridge.membership.add(name, {}, await placeFor(bridge, facts), 'refuse');
}

function projectNamed(bridge: Pick<Bridge, 'projects'>, given: string): KnownProject {
  const known = projectsThere(bridge);
  const found = known.find(({ name }) => name === given);
  if (found !== undefined) return found;
  const names = known.map(({ name }) => name);
  throw unknownName(
    'project',
    given,
    names,
    names.length === 0 ? '`bridge start worker` in a folder makes it known' : undefined,
  );
}

function checkProgram(agent: string, environment: LaunchEnvironment): void {
  const programs = startablePrograms(environment);
  const found = programs.find(({ name }) => name === agent);
  if (found === undefined)
    throw unknownName(
      'agent program',
      agent,
      programs.map(({ name }) => name),
    );
  if (found.why !== null) throw new BridgeError({ what: 'start', target: agent, reason: found.why });
}

/** A name that a person gives, without its project. The controller answers for the person, and is found by its label. */
function labelFor({ config }: Pick<Bridge, 'config'>, given: string): string {
  const name = memberName(given);
  if (name.includes('/')) throw usageError('name', given, 'invalid: its project is chosen beside it');
  if (name === 'controller' || name === config.controllerPane)
    throw usageError(
      'name',
      given,
      'invalid: a pane of this name answers in your place',
      '`bridge start controller` starts one',
    );
  return name;
}

/** A name that waits for its first pane is free; one that was in another pane is not: mail for that one waits. */
function refuseTaken(
  bridge: ForStarting,
  { full, name, project }: { readonly full: string; readonly name: string; readonly project: KnownProject },
  panes: readonly PaneFacts[],
): void {
  const holder = bridge.directory.members().find((one) => one.called === full || one.name === full);
  const isIn = (facts: PaneFacts) =>
    bridge.projects.folderOf(bridge.panes.identify(facts).identity, facts) === project.folder;
  const isHeld = holder !== undefined && (holder.pane !== null || isProgram(holder));
  const isShown = panes.some((facts) => facts.label === name && !facts.dead && isIn(facts));
  if (!isHeld && !isShown && !knownWorkers(bridge).has(full)) return;
  throw refusalOf(full)(
    'another has this name',
    'choose another name; `bridge remove NAME` frees that of one that is gone',
  );
}

function nextFor({ folder }: KnownProject): string {
  return `\`bridge start worker\` in ${folder} starts one there`;
}

function notesOn({ requests }: Pick<Bridge, 'requests'>, { name, folder }: KnownProject): string[] {
  return [
    ...(requests.pauses[everyWorker] === undefined ? [] : ['everything is paused: what it asks comes to you']),
    ...(hasWorkerSkill(folder)
      ? []
      : [`no skill in ${name} tells an agent how to ask: \`bridge start worker\` puts one there`]),
  ];
}

function refusalOf(target: string) {
  return (reason: string, nextStep?: string) =>
    new BridgeError({ what: 'start', target, reason, ...(nextStep !== undefined && { nextStep }) });
}
