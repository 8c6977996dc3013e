import type { PushParts } from '../alerts/push-sender.ts';
import { sendersFor } from '../alerts/senders.ts';
import type { Config } from '../config/config-values.ts';
import type { Alert, AlertWay } from '../core/alert.ts';
import { messageOf } from '../core/failure.ts';
import { systemClock } from '../host/clock.ts';
import { terminalsOf, waysSetUp } from './alerting.ts';

export interface TriedWay {
  readonly way: AlertWay;
  readonly isSent: boolean;
  /** the receipt, or why it was not sent */
  readonly said: string;
}

/**
 * Calls by every way that bridge.yaml sets up, at once, whatever rules and quiet hours say.
 * @param push how browsers are called; null: none is
 */
export function tryAllWays(config: Config, push: PushParts | null): Promise<TriedWay[]> {
  const at = systemClock.now();
  const alert: Alert = {
    ...{ id: `test-${Math.floor(at)}`, matter: 'test', kind: 'test', member: '', urgency: 'normal' },
    ...{ title: 'bridge', text: 'This is a test: an alert would look like this.', raisedAt: at },
  };
  const senders = sendersFor(
    waysSetUp(config),
    () => terminalsOf(config),
    () => null,
    push,
  );
  return Promise.all(
    Object.entries(senders).map(([way, send]) =>
      send(alert).then(
        (receipt) => ({ way: way as AlertWay, isSent: true, said: receipt }),
        (fault) => ({ way: way as AlertWay, isSent: false, said: messageOf(fault) }),
      ),
    ),
  );
}
