import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/**
 * Open databases that are locks. One that nothing names any more is closed by the garbage collector, and its lock is free
 * with it (@photostructure/sqlite 1.2): so they are named here until whoever took the lock gives it back.
 */
const kept = new Set<DatabaseSyncInstance>();

export function keepOpen(lock: DatabaseSyncInstance): void {
  kept.add(lock);
}

export function closeKept(lock: DatabaseSyncInstance): void {
  kept.delete(lock);
  lock.close();
}
