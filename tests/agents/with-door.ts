import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const withDoors = ['codex', 'opencode', 'qwen'] as const;
export type WithDoor = (typeof withDoors)[number];

/** What each program must be started with to have a door. */
export function argsWithDoor(agent: WithDoor, folder: string): readonly string[] {
  if (agent === 'opencode') return ['--port', '0'];
  if (agent === 'codex') return [];
  const path = join(folder, 'qwen-inputs.jsonl');
  writeFileSync(path, '');
  return ['--input-file', path];
}
