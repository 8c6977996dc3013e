import { join } from 'node:path';
import type { Config } from './config.ts';
import { wrongUse } from './core/failure.ts';
import { parsePolicy, type Rule } from './desk/policy.ts';

/** The rows of bridge.yaml's `policy:`, checked. @throws BridgeError naming the file's line, the row and the key */
export function rulesOf(config: Config): readonly Rule[] {
  const parsed = parsePolicy(config.policy);
  if ('rules' in parsed) return parsed.rules;
  const first = parsed.errors[0]!;
  const line = config.policyLines[first.row];
  throw wrongUse(
    'bridge.yaml',
    `${join(config.home, 'bridge.yaml')}:${line ?? 1}`,
    `policy.${first.row}${first.key ? `.${first.key}` : ''}: ${first.reason}`,
    'correct that line and start again',
  );
}
