import type { DrawnEdit, DrawnRequest } from './drawn-dialogs.mjs';

export const rowsForNpmTest: readonly string[];
export const hostileApprovals: Readonly<Record<string, DrawnRequest>>;
export const rowsForSources: readonly string[];
export const hostileEdits: Readonly<Record<string, DrawnEdit>>;
export function wrappedReason(width: number): DrawnRequest;
