import type { DrawnEdit, DrawnRequest } from './drawn-dialogs.mjs';

export const rulesForNpmTest: readonly string[];
export const hostileApprovals: Readonly<Record<string, DrawnRequest>>;
export const rulesForSources: readonly string[];
export const hostileEdits: Readonly<Record<string, DrawnEdit>>;
export function wrappedReason(width: number): DrawnRequest;
