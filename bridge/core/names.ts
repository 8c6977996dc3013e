import { usageError } from './failure.ts';

/**
 * A worker's full name is `PROJECT/LABEL`, or `PROJECT/LABEL@HOST` on another machine, the same for as long as it lives.
 * People see and type what stands behind the project alone where only one worker has it. A project's name holds no slash; a
 * label may.
 * @param host as bridge.yaml calls it; null on this machine
 */
export function fullName(project: string | null, label: string, host: string | null = null): string {
  const there = host === null ? label : `${label}@${host}`;
  return project === null ? there : `${project}/${there}`;
}

export function labelOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The name as people see it: the label, unless another of the known workers has it too. */
export function shownName(name: string, known: Iterable<string>): string {
  const label = labelOf(name);
  for (const other of known) if (other !== name && labelOf(other) === label) return name;
  return label;
}

/** Whether `given` is this worker's name, in full or its label. */
export function isCalled(name: string, given: string): boolean {
  return name === given || labelOf(name) === given;
}

/**
 * The one worker that a person means.
 * @returns null where none of the known ones has that name
 * @throws BridgeError with the full names where a short form fits several
 */
export function nameMeant(given: string, known: Iterable<string>, what = 'worker'): string | null {
  const all = [...new Set(known)].sort();
  if (all.includes(given)) return given;
  const fitting = all.filter((name) => labelOf(name) === given);
  if (fitting.length <= 1) return fitting[0] ?? null;
  throw usageError(what, given, `fits several: ${fitting.join(', ')}`, 'use one of these names');
}

/**
 * A name for a project that no other has: its folder's, with those above it where that is taken.
 * @param folder absolute path
 */
export function projectName(folder: string, taken: ReadonlySet<string>): string {
  const parts = folder.split('/').filter(Boolean);
  let name = parts.at(-1) ?? 'root';
  for (let above = parts.length - 2; above >= 0 && taken.has(name); above--) name = `${parts[above]}.${name}`;
  for (let number = 2; taken.has(name); number++) name = `${parts.join('.')}.${number}`;
  return name;
}
