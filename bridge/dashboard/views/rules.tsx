import { useState } from 'preact/hooks';
import { linkTo, useAct, useDraft } from '../hooks.ts';
import { Outcome } from '../parts/marks.tsx';
import { At, Line } from '../parts/text.tsx';
import { WritingField } from '../parts/writing.tsx';
import { post } from '../server.ts';
import { kinds } from '../wanted.ts';

export interface KeptRule {
  readonly rule: object;
  readonly file: string | null;
  readonly line: number | null;
}

/** The rules as they count, in their order, and a field to try another on what was asked before. */
export function Rules({ policy }: { policy: readonly KeptRule[] }) {
  return (
    <section aria-label="Rules">
      <h3>Rules, the first that fits decides</h3>
      {policy.length === 0 && <p class="muted">None.</p>}
      <ol class="rows">
        {policy.map(({ rule, file, line }, index) => (
          <li key={`${file}:${line}:${index}`}>
            <span class="grow">
              <span class="muted">
                {index + 1}. {file !== null && <Line text={`${file}:${line}`} most={120} />}
              </span>
              <RuleLines rule={rule} />
            </span>
          </li>
        ))}
      </ol>
      <Trial />
    </section>
  );
}

interface Trial {
  readonly tried: number;
  readonly decided: ReadonlyArray<{
    readonly id: string;
    readonly worker: string;
    readonly kind: string;
    readonly asks: string;
    readonly openedAt: number;
    readonly would: string;
    readonly what: string | null;
    readonly why: string | null;
    readonly became: string;
  }>;
}

const example = "when: { kind: request, text: '/which port/i' }\nanswer: 8080, as in the README.";

/** What a rule would have decided; nothing is changed by it. */
function Trial() {
  const act = useAct();
  const [rule, setRule] = useDraft('rule');
  const [found, setFound] = useState<Trial | null>(null);
  const run = () =>
    act.run(async () => {
      setFound(null);
      setFound(await post<Trial>('/rules/try', { rule }));
      return null;
    });
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        if (rule.trim() !== '') void run();
      }}
    >
      <label for="rule">Try a rule on what was asked before</label>
      <WritingField id="rule" rows={4} text={rule} setText={setRule} hint={example} isCode />
      <p class="muted">As it would stand in bridge.yaml. Nothing is changed by this.</p>
      <div class="buttons">
        <button type="submit" disabled={act.isBusy || rule.trim() === ''}>
          {act.isBusy ? 'Trying…' : 'Try it'}
        </button>
      </div>
      <Outcome said={act.said} />
      {found !== null && (
        <div role="status">
          <p>
            Of the last {found.tried} requests it would have decided <b>{found.decided.length}</b>.
          </p>
          <ul class="rows tried">
            {found.decided.map((one) => (
              <li key={one.id}>
                <span class="grow">
                  <span class="muted">
                    <At at={one.openedAt} /> <Line text={one.worker} most={40} /> {kinds[one.kind] ?? one.kind}:
                  </span>{' '}
                  <a href={linkTo('requests', one.id)}>
                    <Line text={one.asks} most={120} />
                  </a>
                  <br />
                  {wouldHave(one)}
                  <br />
                  <span class="muted">It was: {one.became}.</span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </form>
  );
}

function wouldHave({ would, what, why }: Trial['decided'][number]) {
  if (why !== null)
    return (
      <>
        It fits, but that is left to you: <Line text={why} most={300} />.
      </>
    );
  if (would === 'answer' || would === 'choose')
    return (
      <>
        Would have {would === 'answer' ? 'answered' : 'chosen'}:{' '}
        <q>
          <Line text={what ?? ''} most={200} />
        </q>
      </>
    );
  if (would === 'ignore') return <>Would have ignored it.</>;
  return <>Would have asked {would === 'human' ? 'you' : 'the controller'}.</>;
}

/** A rule as bridge.yaml has it: its conditions, and what it does. */
export function RuleLines({ rule }: { rule: object }) {
  return (
    <dl class="rules">
      {Object.entries(rule).map(([key, value]) => (
        <>
          <dt key={key}>{key}</dt>
          <dd>
            <Line text={inWords(value)} most={2_000} />
          </dd>
        </>
      ))}
    </dl>
  );
}

function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${typeof part === 'string' ? part : JSON.stringify(part)}`)
    .join(', ');
}
