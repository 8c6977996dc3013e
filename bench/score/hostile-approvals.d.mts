import type { DrawnRequest } from './drawn-dialogs.mjs';

export const rowsForNpmTest: readonly string[];
export const hostileApprovals: Readonly<Record<string, DrawnRequest>>;
export function wrappedReason(width: number): DrawnRequest;
