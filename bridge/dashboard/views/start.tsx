import { useState } from 'preact/hooks';
import { linkTo, useAct, useAsked } from '../hooks.ts';
import { Command } from '../parts/command.tsx';
import { Fault, Outcome } from '../parts/marks.tsx';
import { Line, lineOf } from '../parts/text.tsx';
import type { Seat } from '../seats.ts';
import { post } from '../server.ts';

interface Choice {
  readonly name: string;
  /** why it cannot be chosen; null: it can be */
  readonly why: string | null;
}

interface Startable {
  readonly agents: ReadonlyArray<Choice & { readonly guardedBy: string }>;
  readonly projects: ReadonlyArray<Choice & { readonly folder: string; readonly session: string | null }>;
}

interface Started {
  readonly fullName: string;
  readonly agent: string;
  readonly pane: string;
  readonly session: string;
  readonly attach: string;
  readonly notes: readonly string[];
}

const isOpen = ({ why }: Choice) => why === null;

/** Starts an agent of the catalogue in a project that is known: what is run, and in which folder, is none of the page's. */
export function StartAgent({ seats, again }: { seats: readonly Seat[]; again: () => void }) {
  const there = useAsked<Startable>('/agents', null);
  const act = useAct();
  const [started, setStarted] = useState<Started | null>(null);
  const [given, setGiven] = useState<{ project?: string; agent?: string; name?: string }>({});
  const { agents = [], projects = [] } = there.value ?? {};
  const project = given.project ?? projects.find(isOpen)?.name ?? '';
  const agent = given.agent ?? agents.find(isOpen)?.name ?? '';
  const name = given.name ?? freeName(agent, project, seats);
  const isReady = project !== '' && agent !== '' && name.trim() !== '';
  const run = () =>
    act.run(async () => {
      setStarted(null);
      setStarted(await post<Started>('/agents', { agent, project, name: name.trim() }));
      setGiven({ ...given, name: undefined });
      again();
      return null;
    });
  return (
    <article>
      <a class="back" href={linkTo('now')}>
        ← All members
      </a>
      <h2>Start an agent</h2>
      <Fault fault={there.fault} />
      {there.value !== null && projects.length === 0 && (
        <p class="hint">
          No project is known yet: <code>bridge start worker</code> in its folder starts the first agent.
        </p>
      )}
      <form
        class="answer"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !act.isBusy) void run();
        }}
      >
        <label for="project">In the project</label>
        <select
          id="project"
          data-writes
          value={project}
          onChange={(event) => setGiven({ ...given, project: event.currentTarget.value })}
        >
          {projects.filter(isOpen).map((one) => (
            <option key={one.name} value={one.name}>
              {lineOf(`${one.name}, ${one.folder}`)}
            </option>
          ))}
        </select>
        <fieldset class="programs">
          <legend>The agent</legend>
          {agents.filter(isOpen).map((one) => (
            <label key={one.name} class="check">
              <input
                type="radio"
                name="agent"
                checked={one.name === agent}
                onChange={() => setGiven({ ...given, agent: one.name })}
              />
              <span>
                <Line text={one.name} most={64} />{' '}
                <span class="muted">
                  guarded by <Line text={one.guardedBy} />
                </span>
              </span>
            </label>
          ))}
          {there.value !== null && !agents.some(isOpen) && (
            <p class="muted">None is installed where the bridge looks.</p>
          )}
        </fieldset>
        <label for="called">Its name</label>
        <input
          id="called"
          value={name}
          maxLength={64}
          autocomplete="off"
          onInput={(event) => setGiven({ ...given, name: event.currentTarget.value })}
        />
        <p class="muted">It gets a tmux window of its own, beside the others of the project.</p>
        <div class="buttons">
          <button type="submit" class="main" disabled={act.isBusy || !isReady}>
            {act.isBusy ? 'Starting…' : 'Start it'}
          </button>
        </div>
        <Outcome said={act.said} />
      </form>
      <div role="status">{started !== null && <Came started={started} />}</div>
      <Others title="Projects" choices={projects} />
      <Others title="Agents" choices={agents} />
    </article>
  );
}

/** Where it is, and how one gets there. */
function Came({ started }: { started: Started }) {
  return (
    <div class="notice well">
      <p>
        <b>
          <Line text={started.fullName} most={120} />
        </b>{' '}
        is started: <Line text={started.agent} most={64} />, in pane <Line text={started.pane} most={32} /> of the tmux
        session <Line text={started.session} most={60} />. <a href={linkTo('now', started.fullName)}>Its screen</a>
      </p>
      {started.notes.map((note) => (
        <p key={note}>
          <Line text={note} most={300} />
        </p>
      ))}
      <Command text={started.attach} label="The command that shows it" />
    </div>
  );
}

/** What cannot be chosen here, and why. */
function Others({ title, choices }: { title: string; choices: readonly Choice[] }) {
  const closed = choices.filter((one) => !isOpen(one));
  if (closed.length === 0) return null;
  return (
    <details class="closed">
      <summary>
        {title} that cannot be started here <span class="muted">{closed.length}</span>
      </summary>
      <ul class="rows">
        {closed.map(({ name, why }) => (
          <li key={name}>
            <span class="grow">
              <b>
                <Line text={name} most={120} />
              </b>{' '}
              <span class="muted">
                <Line text={why ?? ''} most={300} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The program's own name, or the next with a number where a member of the project has that. */
function freeName(agent: string, project: string, seats: readonly Seat[]): string {
  const taken = new Set(seats.map(({ fullName }) => fullName));
  const numbered = (number: number) => (number === 1 ? agent : `${agent}-${number}`);
  let number = 1;
  while (taken.has(`${project}/${numbered(number)}`)) number++;
  return numbered(number);
}
