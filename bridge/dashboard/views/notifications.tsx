import type { SentAlert } from '../../core/alert.ts';
import { useAct, useAsked } from '../hooks.ts';
import { Fault, Outcome, State } from '../parts/marks.tsx';
import { Ago, Line } from '../parts/text.tsx';
import { post } from '../server.ts';
import { RuleLines } from './rules.tsx';

export interface AlertSettings {
  readonly ways: readonly string[];
  readonly quiet: string | null;
  readonly rules: readonly object[];
}

interface TriedWay {
  readonly way: string;
  readonly isSent: boolean;
  readonly said: string;
}

const shownAlerts = 30;

/** How you are called, whether that works, and what became of the last calls. */
export function Notifications({ alerts: { ways, quiet, rules } }: { alerts: AlertSettings }) {
  const sent = useAsked<SentAlert[]>('/alerts', /./, 10_000);
  const act = useAct();
  const last = (sent.value ?? []).toReversed().slice(0, shownAlerts);
  return (
    <section aria-label="Notifications">
      <h3>Notifications</h3>
      <p>
        {ways.length === 0 ? (
          <>
            You are called by nothing: <code>notify:</code> in bridge.yaml sets up ways.
          </>
        ) : (
          <>
            You are called by <Line text={inSentence(ways)} />.
          </>
        )}{' '}
        {quiet !== null && (
          <>
            Quiet hours are <Line text={quiet} />.
          </>
        )}
      </p>
      {rules.length > 0 && (
        <>
          <p class="muted">Which way for what: the first that fits decides, else every way.</p>
          <ol class="rows">
            {rules.map((rule, index) => (
              <li key={JSON.stringify(rule)}>
                <span class="grow numbered">
                  <span class="muted">{index + 1}.</span>
                  <RuleLines rule={rule} />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      <div class="buttons">
        <button
          type="button"
          disabled={act.isBusy || ways.length === 0}
          onClick={() =>
            void act.run(async () => {
              const tried = await post<TriedWay[]>('/alerts/test');
              return tried
                .map(({ way, isSent, said }) => `${way}: ${isSent ? 'sent' : 'not sent'}, ${said}`)
                .join('; ');
            })
          }
        >
          {act.isBusy ? 'Calling…' : 'Test every way'}
        </button>
      </div>
      <Outcome said={act.said} />
      <Fault fault={sent.fault} />
      <h4>The last calls</h4>
      {sent.value?.length === 0 && <p class="muted">You were not called yet.</p>}
      <ul class="rows">
        {last.map(({ alert, by }) => (
          <li key={alert.id}>
            <span class="grow">
              <b>
                <Line text={alert.title} most={120} />
              </b>{' '}
              <span class="muted">
                <Ago at={alert.raisedAt} /> ago
              </span>
              <br />
              <Saying text={alert.text} />
            </span>
            <span class="receipts">
              {by.map(({ way, state }) => (
                <State key={way} is={toneOf[state.is]} says={`${way}: ${inWords(state)}`} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why it calls; its last line is the command that shows more. */
function Saying({ text }: { text: string }) {
  const end = text.lastIndexOf('\n');
  if (end < 0) return <Line text={text} most={200} />;
  return (
    <>
      <Line text={text.slice(0, end)} most={200} />
      <br />
      <code class="muted">
        <Line text={text.slice(end + 1)} most={200} />
      </code>
    </>
  );
}

function inSentence(ways: readonly string[]): string {
  return ways.length < 2 ? ways.join() : `${ways.slice(0, -1).join(', ')} and ${ways.at(-1)}`;
}

type AlertState = SentAlert['by'][number]['state'];

const toneOf: Readonly<Record<AlertState['is'], string>> = {
  waiting: 'waiting',
  sending: 'waiting',
  sent: 'submitted',
  refused: 'failed',
  'given-up': 'failed',
  withdrawn: 'withdrawn',
};

/** Its receipt, or why there is none. */
function inWords(state: AlertState): string {
  switch (state.is) {
    case 'sent':
      return `sent, ${state.receipt}`;
    case 'refused':
    case 'given-up':
      return `${state.is === 'refused' ? 'refused' : 'given up'}, ${state.reason}`;
    case 'waiting':
      return `waits, ${state.why}`;
    case 'withdrawn':
      return 'withdrawn: settled elsewhere';
    default:
      return 'on its way';
  }
}
