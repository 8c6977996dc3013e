import type { AgentProgram } from '../bridge/agent-programs/agent-program.ts';

export const pagesWithTables: readonly string[];
export function withTables(page: string, text: string, catalogue: readonly AgentProgram[]): string;
