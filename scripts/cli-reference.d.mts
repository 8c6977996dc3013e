import type { CommandParts } from '../bridge/cli/command-parts.ts';

export const page: string;
export function cliReference(all: readonly CommandParts[]): string;
