import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const withNativeInput = ['codex', 'opencode', 'qwen'] as const;
export type WithNativeInput = (typeof withNativeInput)[number];

/** What each program must be started with to have a native input. */
export function argsWithNativeInput(agent: WithNativeInput, folder: string): readonly string[] {
  if (agent === 'opencode') return ['--port', '0'];
  if (agent === 'codex') return [];
  const path = join(folder, 'qwen-inputs.jsonl');
  writeFileSync(path, '');
  return ['--input-file', path];
}
