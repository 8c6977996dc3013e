import { useState } from 'preact/hooks';
import { useAct, useAsked } from '../hooks.ts';
import { Outcome } from '../parts/marks.tsx';
import { At, Line, Words } from '../parts/text.tsx';
import { inPath, post, remove } from '../server.ts';

interface Token {
  readonly name: string;
  readonly role: string;
  readonly member: string;
  readonly addedAt: number;
  readonly expiresAt: number | null;
}

/** Tokens, for admins: others are told that they are none. */
export function Tokens() {
  const tokens = useAsked<Token[]>('/tokens', null, 5_000);
  const act = useAct();
  const [name, setName] = useState('');
  const [role, setRole] = useState('agent');
  const [given, setGiven] = useState<string | null>(null);
  if (tokens.fault?.status === 403)
    return (
      <section aria-label="Tokens">
        <h3>Tokens</h3>
        <p class="muted">Only an admin sees them.</p>
      </section>
    );
  return (
    <section aria-label="Tokens">
      <h3>Tokens</h3>
      <ul class="rows">
        {(tokens.value ?? []).map((token) => (
          <li key={token.name}>
            <span>
              <b>
                <Line text={token.name} most={64} />
              </b>{' '}
              <span class="muted">
                {token.role === 'agent' ? <Line text={`speaks as ${token.member}`} /> : token.role}
                {', since '}
                <At at={token.addedAt} />
                {token.expiresAt !== null && (
                  <>
                    {', until '}
                    <At at={token.expiresAt} />
                  </>
                )}
              </span>
            </span>
            <button
              type="button"
              aria-label={`Revoke ${token.name}`}
              disabled={act.isBusy}
              onClick={() =>
                void act.run(async () => {
                  await remove(`/tokens/${inPath(token.name)}`);
                  tokens.again();
                  return `${token.name} counts no more.`;
                })
              }
            >
              Revoke
            </button>
          </li>
        ))}
      </ul>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            setGiven((await post<{ token: string }>('/tokens', { name, role })).token);
            setName('');
            tokens.again();
            return null;
          });
        }}
      >
        <label for="token">A new one, for</label>
        <input
          id="token"
          value={name}
          autocomplete="off"
          placeholder={role === 'agent' ? 'a member' : 'a name'}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <select aria-label="Role" value={role} onChange={(event) => setRole(event.currentTarget.value)}>
          <option>agent</option>
          <option>human</option>
          <option>admin</option>
        </select>
        <button type="submit" disabled={act.isBusy || name.trim() === ''}>
          Add
        </button>
      </form>
      {given !== null && (
        <div class="notice yours">
          <p>It is told this once:</p>
          <Words mono text={given} label="The token" />
        </div>
      )}
      <Outcome said={act.said} />
    </section>
  );
}
