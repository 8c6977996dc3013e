import { useEffect, useState } from 'preact/hooks';
import { useAct, useAsked } from '../hooks.ts';
import { Outcome } from '../parts/marks.tsx';
import { inPath, post, Refused, remove } from '../server.ts';

interface Push {
  readonly isOn: boolean;
  readonly key: string | null;
  readonly subscriptions: ReadonlyArray<{ readonly id: string; readonly token: string }>;
}

/** A worker of this folder has no page to do with. */
const scope = '/push/';

/** Whether this browser is called where a person is needed, by its own push service. */
export function PushSwitch() {
  const push = useAsked<Push>('/push', null);
  const act = useAct();
  const [own, setOwn] = useState<string | null>(null);
  const why = whyNot();
  useEffect(() => {
    if (why === null) void ownId().then(setOwn);
  }, [why]);
  const found = push.value;
  if (found === null) return null;
  const isCalled = found.subscriptions.some(({ id }) => id === own);
  const hint = why ?? (found.isOn ? null : '`notify: webpush` in bridge.yaml turns it on.');
  return (
    <section aria-label="In this browser">
      <h3>In this browser</h3>
      <label class="check">
        <input
          type="checkbox"
          checked={isCalled}
          disabled={act.isBusy || hint !== null}
          onChange={() =>
            void act.run(async () => {
              const said = isCalled ? await callNoMore(own!) : await call(found.key!);
              setOwn(await ownId());
              push.again();
              return said;
            })
          }
        />{' '}
        Call me in this browser, also when this page is closed
      </label>
      <p class="muted">
        {hint ?? 'An alert goes through the push service of this browser, which cannot read it and sees when it comes.'}
      </p>
      <Outcome said={act.said} />
    </section>
  );
}

/** Null where it can. */
function whyNot(): string | null {
  if (!isSecureContext) return 'A browser can be called by a page of HTTPS or localhost only.';
  return 'serviceWorker' in navigator && 'PushManager' in window ? null : 'This browser cannot be called.';
}

async function call(key: string): Promise<string> {
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Refused(0, 'this browser was not allowed to show notifications', null);
  await navigator.serviceWorker.register('/push/worker.js', { scope });
  const registration = await active();
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  // one that was made for another key is none of ours
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const { endpoint, keys } = (await registration.pushManager.subscribe(options)).toJSON();
  await post('/push', { endpoint, keys });
  return 'This browser is called.';
}

async function callNoMore(id: string): Promise<string> {
  await remove(`/push/${inPath(id)}`);
  const registration = await navigator.serviceWorker.getRegistration(scope);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  return 'This browser is called no more.';
}

/** A worker that was just registered is not there at once. */
async function active(): Promise<ServiceWorkerRegistration> {
  const registration = (await navigator.serviceWorker.getRegistration(scope))!;
  const worker = registration.installing ?? registration.waiting;
  if (registration.active === null && worker !== null)
    await new Promise<void>((resolve) =>
      worker.addEventListener('statechange', () => worker.state === 'activated' && resolve()),
    );
  return registration;
}

/** By which the server knows this browser; null where it is not called. */
async function ownId(): Promise<string | null> {
  const registration = await navigator.serviceWorker.getRegistration(scope);
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return null;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(subscription.endpoint));
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
