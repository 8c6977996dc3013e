/** What a state directory is made of, beside its journal. */
export const stateFiles: readonly string[] = [
  'bridge.yaml',
  'trusted.json',
  'installed.json',
  'wrappers.json',
  'mcp-clients.json',
  'mail.log',
  'join.md',
];
export const copiedFolders: readonly string[] = ['inbox', 'outbox', 'threads', 'archive'];
/** What was left in `mail-outbox` is sent by the bridge that finds it: a copy would send it again. */
export const stateFolders: readonly string[] = [...copiedFolders, 'mail-outbox'];

/** Its journal, and one that could not be read and was set aside. */
export function isJournalFile(name: string): boolean {
  return /^bridge\.db(?:-wal|-shm|\.corrupt-.*)?$/.test(name);
}

/** What a bridge makes while it runs, and the next one makes anew. */
export function isPassing(name: string): boolean {
  return /^(?:(?:bridge\.db|daemon)\.lock(?:-journal)?|bridge\.db\.doubted|bridge\.sock(?:\.path)?|daemon\.json|admin\.token|agent-chat\.token|push\.key|server\.(?:pid|log)|tmux-clients-.*)$/.test(
    name,
  );
}
