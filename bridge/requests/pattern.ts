import { createContext, Script } from 'node:vm';

/** A regular expression of bridge.yaml: `/pattern/` or `/pattern/i`. */
export interface WordPattern {
  readonly source: string;
  readonly flags: string;
}

const longestPattern = 500;
/**
 * The user writes the pattern, but the worker writes the text it meets, and some innocent patterns need ages on some
 * texts. So each trial runs under V8's own watchdog, which stops a regular expression in the middle of its work; no
 * list of dangerous shapes could be complete. The watchdog counts wall time, and a busy machine may take all of the first
 * trial away from us; hence the second, longer one. After that the pattern is undecided.
 */
const trialLimitsMs = [50, 450];

/** @returns the pattern, or what is wrong with it in words that follow the key */
export function readPattern(written: string): WordPattern | { readonly fault: string } {
  const parts = /^\/(.+)\/([a-z]*)$/s.exec(written);
  if (!parts) return { fault: 'is not written between slashes: /pattern/ or /pattern/i' };
  const [, source, flags] = parts as unknown as [string, string, string];
  if (source.length > longestPattern) return { fault: `is longer than ${longestPattern} characters` };
  // `g` and `y` would make a match depend on the one before it.
  if (/[^imsu]/.test(flags)) return { fault: `has a flag other than i, m, s and u: ${flags}` };
  try {
    new RegExp(source, flags);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
  return { source, flags };
}

const trial = new Script('new RegExp(source, flags).test(text)');
const sandbox = createContext({});

export function matches(pattern: WordPattern, text: string): 'yes' | 'no' | 'undecided' {
  Object.assign(sandbox, { source: pattern.source, flags: pattern.flags, text });
  for (const timeout of trialLimitsMs) {
    try {
      return trial.runInContext(sandbox, { timeout }) === true ? 'yes' : 'no';
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
  }
  return 'undecided';
}
