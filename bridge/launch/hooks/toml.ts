import { parse, TomlError } from 'smol-toml';

export type Values = Record<string, unknown>;

/** What a TOML text says. Whole numbers come as bigints, so that none of them is rounded. */
export function valuesOf(text: string): { values: Values } | { fault: { line: number; reason: string } } {
  try {
    return { values: parse(text.replace(/^\ufeff/, ''), { integersAsBigInt: true }) };
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    return { fault: { line: fault.line, reason: fault.message.split('\n')[0]! } };
  }
}

/** For comparing: the same text for the same values. */
export function inWords(values: Values): string {
  return JSON.stringify(values, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}
