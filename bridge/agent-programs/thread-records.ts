import { codexThreads } from './codex/threads.ts';
import type { ThreadRecord } from './thread-record.ts';

/** Of the programs whose MCP servers may be started by a shared server, by name. `bridge mcp` loads nothing else of the catalogue. */
export const threadRecords: ReadonlyMap<string, ThreadRecord> = new Map([['codex', codexThreads]]);
