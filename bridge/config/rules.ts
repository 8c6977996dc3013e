import { join } from 'node:path';
import { usageError } from '../core/failure.ts';
import type { Rule } from '../requests/policy.ts';
import { parsePolicy } from '../requests/policy-rules.ts';
import type { Config } from './config-values.ts';

/** The rules of `policy:`, checked: a project's own, then the state directory's. @throws BridgeError naming the file's line, the rule and the key */
export function rulesOf(config: Config): readonly Rule[] {
  const parsed = parsePolicy(config.policy);
  if ('rules' in parsed) {
    const own = join(config.home, 'bridge.yaml');
    return parsed.rules.map((rule, index) => {
      const place = config.policyPlaces[index];
      // a project's rules come before the state directory's: the number alone would not say which
      if (place === undefined || config.policyPlaces.every(({ file }) => file === own)) return rule;
      return { ...rule, name: `policy rule ${place.rule + 1} of ${place.file}` };
    });
  }
  const first = parsed.errors[0]!;
  const place = config.policyPlaces[first.rule];
  throw usageError(
    'bridge.yaml',
    `${place?.file ?? join(config.home, 'bridge.yaml')}:${place?.lines[first.key] ?? place?.line ?? 1}`,
    `policy.${place?.rule ?? first.rule}${first.key ? `.${first.key}` : ''}: ${first.reason}`,
    'fix this line and restart',
  );
}
