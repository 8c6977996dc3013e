import type { TestProgram } from '../test-program.ts';
import { claude } from './claude.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { cn } from './continue.ts';
import { copilot } from './copilot.ts';
import { gemini } from './gemini.ts';
import { grok } from './grok.ts';
import { kilo } from './kilo.ts';
import { kimi } from './kimi.ts';
import { opencode } from './opencode.ts';
import { pi } from './pi.ts';
import { qwen } from './qwen.ts';

/** The agent programs that tests drive, by the names of the catalogue, in the order of the tables. */
export const programs = {
  claude,
  codex,
  gemini,
  qwen,
  cline,
  continue: cn,
  opencode,
  pi,
  kimi,
  kilo,
  copilot,
  grok,
} satisfies Record<string, TestProgram>;

export type AgentName = keyof typeof programs;

export const agentNames = Object.keys(programs) as AgentName[];
