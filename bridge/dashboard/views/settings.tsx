import { useState } from 'preact/hooks';
import type { HostView } from '../../api/hosts.ts';
import { useAct, useAsked } from '../hooks.ts';
import { areKeysOn, turnKeys } from '../keys.ts';
import { Outcome, State } from '../parts/marks.tsx';
import { Line, lineOf } from '../parts/text.tsx';
import { post } from '../server.ts';
import { type AlertSettings, Notifications } from './notifications.tsx';
import { PushSwitch } from './push.tsx';
import { type KeptRule, Rules } from './rules.tsx';
import { Tokens } from './tokens.tsx';

interface Settings {
  readonly mode: string;
  readonly dryRun: boolean;
  readonly controller: string;
  readonly senders: string;
  readonly retentionDays: number;
  readonly limits: Readonly<Record<string, number>>;
  readonly alerts: AlertSettings;
  readonly policy: readonly KeptRule[];
}

type Pauses = Readonly<Record<string, { readonly by: string; readonly reason: string; readonly shown: string }>>;

const limitNames: Readonly<Record<string, string>> = {
  answersPerHour: 'automatic answers in an hour',
  answersPerDay: 'automatic answers in a day',
  consecutiveAnswers: 'automatic answers in a row',
  messageHops: 'messages in a chain of agents',
  messageRounds: 'rounds between two',
  threadMessages: 'messages of a thread in an hour',
  memberMessages: 'messages of a member in an hour',
};

/** What counts now: read from bridge.yaml, which alone changes it; and what a person changes here. */
export function SettingsView() {
  const settings = useAsked<Settings>('/settings', null);
  const hosts = useAsked<HostView[]>('/hosts', null, 5_000);
  const pauses = useAsked<Pauses>('/pauses', /^worker-/);
  const resuming = useAct();
  const [isOn, setOn] = useState(areKeysOn);
  const found = settings.value;
  return (
    <div class="detail">
      <article>
        <h2>Settings</h2>
        <section aria-label="Who is paused">
          <h3>Who is paused</h3>
          {Object.keys(pauses.value ?? {}).length === 0 && <p class="muted">Nobody.</p>}
          <ul class="rows">
            {Object.entries(pauses.value ?? {}).map(([name, { by, reason, shown }]) => (
              <li key={name}>
                <span>
                  <b>{name === '*' ? 'Everybody' : <Line text={shown} most={80} />}</b>, by <Line text={by} />:{' '}
                  <Line text={reason} most={200} />
                </span>
                <button
                  type="button"
                  disabled={resuming.isBusy}
                  onClick={() =>
                    void resuming.run(
                      async () => (await post<{ message: string }>('/resume', { worker: name })).message,
                    )
                  }
                >
                  Resume
                </button>
              </li>
            ))}
          </ul>
          <Outcome said={resuming.said} />
        </section>
        {found !== null && (
          <>
            <section aria-label="Who is asked">
              <h3>Who is asked</h3>
              <p>
                {found.mode === 'manual'
                  ? 'You alone: nothing is answered automatically.'
                  : found.controller === 'rules'
                    ? 'The rules; what none of them decides comes to you.'
                    : `The rules first, then a controller (${lineOf(found.controller, 80)}), then you.`}
                {found.dryRun && ' A dry run: nothing is typed.'}
                {found.senders === 'verified' && ' Only senders whose name is proven may write.'}
              </p>
            </section>
            <Rules policy={found.policy} />
            <section aria-label="Limits">
              <h3>Limits</h3>
              <dl class="limits">
                {Object.entries(found.limits).map(([name, value]) => (
                  <div key={name}>
                    <dt>{limitNames[name] ?? name}</dt>
                    <dd>{value}</dd>
                  </div>
                ))}
              </dl>
            </section>
            <Notifications alerts={found.alerts} />
            <PushSwitch />
          </>
        )}
        <section aria-label="Hosts">
          <h3>Other hosts</h3>
          {hosts.value?.length === 0 && <p class="muted">None: this machine alone.</p>}
          <ul class="rows">
            {(hosts.value ?? []).map(({ name, ssh, away }) => (
              <li key={name}>
                <span>
                  <b>
                    <Line text={name} />
                  </b>{' '}
                  <span class="muted">
                    <Line text={ssh} />
                  </span>
                </span>
                <State is={away === null ? 'read' : 'away'} says={away === null ? 'reached' : away.words} />
              </li>
            ))}
          </ul>
        </section>
        <Tokens />
        <section aria-label="This browser">
          <h3>This browser</h3>
          <label class="check">
            <input
              type="checkbox"
              checked={isOn}
              onChange={({ currentTarget: { checked } }) => {
                turnKeys(checked);
                setOn(checked);
              }}
            />
            Single keys act
          </label>
          <form method="post" action="/logout">
            <button type="submit">Log out</button>
          </form>
        </section>
      </article>
    </div>
  );
}
