import type { Config, ReadFile } from './config-values.ts';
import { inFile } from './config-values.ts';
import { options } from './options.ts';

/** Where the settings come from, the strongest first, each with the names by which they were set there. */
export interface Origin {
  readonly from: 'flags' | 'environment' | 'file';
  readonly names: readonly string[];
}

/** @param config of a state directory: its last file is the state directory's own */
export function originsOf({ from: { flags, env, files } }: Pick<Config, 'from'>): Origin[] {
  const file = files.at(-1)!;
  const byFlag = options.filter(({ key }) => flags[key] !== undefined);
  const byName = options.filter(
    (option) => !byFlag.includes(option) && option.env !== undefined && Boolean(env[option.env]),
  );
  const byKey = options.filter(
    (option) =>
      ![...byFlag, ...byName].includes(option) &&
      option.yaml !== undefined &&
      inFile(file.values, option.yaml) !== undefined,
  );
  const found: Origin[] = [
    { from: 'flags', names: byFlag.map(({ flag }) => flag.split(' ')[0]!) },
    { from: 'environment', names: byName.map(({ env }) => env!) },
    { from: 'file', names: [...byKey.map(({ yaml }) => yaml!), ...partsOf(file)] },
  ];
  return found.filter(({ names }) => names.length > 0);
}

/** What a file has that is no option. */
function partsOf({ values: { policy, agents, notify } }: ReadFile): string[] {
  const named = Object.keys(agents);
  return [
    ...(policy.length > 0 ? [`policy (${policy.length} ${policy.length === 1 ? 'rule' : 'rules'})`] : []),
    ...(named.length > 0 ? [`agents (${named.join(', ')})`] : []),
    ...Object.keys(notify)
      .filter((key) => key !== 'again-after')
      .map((key) => `notify.${key}`),
  ];
}
