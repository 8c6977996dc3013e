import { readFileSync, writeFileSync } from 'node:fs';
import type { RealAgentOptions } from './real-agents.ts';

/** A dialog that a program shows before its composer, and what a home must lack or hold so that it comes up. */
export interface FirstDialog {
  readonly name: 'trust' | 'hooks' | 'login' | 'update' | 'promotion' | 'bypass';
  readonly note: string;
  readonly options: Pick<RealAgentOptions, 'firstRun' | 'args' | 'environment' | 'beforeStart'>;
}

/** Where an account is asked for nothing may go out, whatever the program tries. */
export const nowhere = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };

export function dropKey(path: string, key: string): void {
  changeFile(path, (text) => JSON.stringify({ ...(JSON.parse(text) as object), [key]: undefined }));
}

export function changeFile(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
