import { useState } from 'preact/hooks';
import { quoteCommand, quoteWord } from '../../core/command-line.ts';
import { linkTo, useAct, useAsked } from '../hooks.ts';
import { Command } from '../parts/command.tsx';
import { Outcome, State } from '../parts/marks.tsx';
import { Ago, At, Line, Words } from '../parts/text.tsx';
import type { Seat } from '../seats.ts';
import { inPath, post } from '../server.ts';
import { Screen } from './screen.tsx';

type Pauses = Readonly<Record<string, { readonly by: string; readonly reason: string; readonly shown: string }>>;

/** One member: its screen as it is now, what it wants, how to get there, and what you can change. */
export function MemberDetail({ seat, again }: { seat: Seat; again: () => void }) {
  const { request, address } = seat;
  const facts = [seat.agent, seat.role, seat.model, seat.description].filter(Boolean);
  return (
    <article class="wide">
      <a class="back" href={linkTo('now')}>
        ← All members
      </a>
      <header>
        <h2>
          <Line text={seat.fullName} most={80} />
        </h2>
        <p class="facts">
          <State is={seat.isEnabled ? seat.state : 'disabled'} />
          {seat.since !== null && (
            <span>
              for <Ago at={seat.since} />
            </span>
          )}
          {seat.status !== null && <span>says: {seat.status}</span>}
          {facts.length > 0 && (
            <span>
              <Line text={facts.join(' · ')} most={200} />
            </span>
          )}
          {seat.groups.length > 0 && (
            <span>
              <Line text={seat.groups.map((name) => `@${name}`).join(' ')} />
            </span>
          )}
          <span>{seat.unread === 0 ? 'nothing unread' : `${seat.unread} unread`}</span>
          {seat.pane === null && seat.lastSeenAt !== null && (
            <span>
              last seen <At at={seat.lastSeenAt} />
            </span>
          )}
        </p>
      </header>
      {request !== null && (
        <p class="notice yours">
          <a href={linkTo('requests', request.id)}>
            <Line text={request.dialog?.question ?? request.text} most={300} />
          </a>
        </p>
      )}
      {seat.words !== null && (
        <section aria-label="Its last words">
          <h3>What it wrote last</h3>
          <Words text={seat.words} label="What it wrote last" />
        </section>
      )}
      {seat.pane !== null && address !== null && (
        <section aria-label="Its screen">
          <h3>Its screen, now</h3>
          <Screen pane={seat.pane} way={address.socketPath} />
          <p class="muted">To be there yourself:</p>
          <Command text={attachLine(address.socketPath, seat.pane)} label="The command that attaches" />
        </section>
      )}
      {['gone', 'exited'].includes(seat.state) && <Start seat={seat} again={again} />}
      <Acts seat={seat} again={again} />
    </article>
  );
}

function attachLine(way: string, pane: string): string {
  const host = /^([A-Za-z0-9][A-Za-z0-9._-]*):/.exec(way)?.[1] ?? null;
  const path = host === null ? way : way.slice(host.length + 1);
  const there = `tmux${path === '' ? '' : ` -S ${quoteWord(path)}`} attach -t ${quoteWord(pane)}`;
  return host === null ? there : `ssh -t ${quoteWord(host)} ${quoteWord(there)}`;
}

/** Of one that is gone: only what the configuration names is started. */
function Start({ seat: { fullName, revive }, again }: { seat: Seat; again: () => void }) {
  const act = useAct();
  return (
    <section aria-label="How it comes back">
      <h3>It is not there</h3>
      {revive === null ? (
        <p class="muted">
          No command is named that starts it: <code>revive</code> in bridge.yaml, or <code>bridge add --revive</code>,
          names one.
        </p>
      ) : (
        <>
          <Words mono text={quoteCommand(revive)} label="The command that starts it" />
          <div class="buttons">
            <button
              type="button"
              class="main"
              disabled={act.isBusy}
              onClick={() =>
                void act.run(async () => {
                  await post(`/members/${inPath(fullName)}/revive`);
                  again();
                  return 'It is there.';
                })
              }
            >
              {act.isBusy ? 'Starting…' : 'Start it'}
            </button>
          </div>
        </>
      )}
      <Outcome said={act.said} />
    </section>
  );
}

function Acts({ seat, again }: { seat: Seat; again: () => void }) {
  const act = useAct();
  const pauses = useAsked<Pauses>('/pauses', /^worker-/);
  const [name, setName] = useState('');
  const [group, setGroup] = useState('');
  const pause = pauses.value?.[seat.fullName] ?? null;
  const path = `/members/${inPath(seat.fullName)}`;
  const run = (work: () => Promise<string>) =>
    act.run(async () => {
      const said = await work();
      again();
      return said;
    });
  return (
    <section aria-label="What you can change">
      <h3>What you can change</h3>
      {pause !== null && (
        <p class="notice yours">
          Paused by <Line text={pause.by} />: <Line text={pause.reason} most={300} />
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          disabled={act.isBusy || (seat.pane === null && pause === null)}
          onClick={() =>
            void run(async () => {
              const body = { worker: seat.fullName, reason: 'from the dashboard' };
              return (await post<{ message: string }>(pause === null ? '/pause' : '/resume', body)).message;
            })
          }
        >
          {pause === null ? 'Pause' : 'Resume'}
        </button>
        <button
          type="button"
          disabled={act.isBusy}
          onClick={() =>
            void run(async () => {
              await post(`${path}/${seat.isEnabled ? 'disable' : 'enable'}`);
              return seat.isEnabled ? 'It gets no mail any more; what waits stays.' : 'It gets mail.';
            })
          }
        >
          {seat.isEnabled ? 'Disable' : 'Enable'}
        </button>
        <a class="button" href={linkTo('messages', 'to', seat.fullName)}>
          Write to it
        </a>
      </div>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            const done = await post<{ name: string; before: string }>(`${path}/rename`, { to: name });
            setName('');
            const project = /^.*\//.exec(seat.fullName)?.[0] ?? '';
            location.replace(linkTo('now', done.name.includes('/') ? done.name : `${project}${done.name}`));
            return `${done.before} is called ${done.name} now.`;
          });
        }}
      >
        <label for="name">Another name</label>
        <input id="name" value={name} onInput={(event) => setName(event.currentTarget.value)} autocomplete="off" />
        <button type="submit" disabled={act.isBusy || name.trim() === ''}>
          Rename
        </button>
      </form>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void run(async () => {
            await post(`/groups/${inPath(group)}/members`, { names: [seat.fullName] });
            setGroup('');
            return `It is in @${group}.`;
          });
        }}
      >
        <label for="group">A group</label>
        <input id="group" value={group} onInput={(event) => setGroup(event.currentTarget.value)} autocomplete="off" />
        <button type="submit" disabled={act.isBusy || group.trim() === ''}>
          Add to group
        </button>
      </form>
      <Outcome said={act.said} />
    </section>
  );
}
