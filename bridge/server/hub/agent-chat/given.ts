import { HubFault } from '../faults.ts';

/** More ids or groups nobody names at once. */
const mostTexts = 500;
const mostMessages = 1_000;

/** A text of a body. @param usual left out: it is required @throws HubFault where it is missing or no text */
export function textIn(body: object, name: string, usual?: string): string {
  const value = (body as Record<string, unknown>)[name] ?? usual ?? '';
  if (typeof value !== 'string') throw invalid(`${name} must be a string`);
  if (value === '' && usual === undefined) throw invalid(`${name} is required`);
  return value;
}

/** A list of texts of a body; left out or null: none. @throws HubFault where it is none */
export function textsIn(body: object, name: string): string[] {
  const value = (body as Record<string, unknown>)[name] ?? [];
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  if (!isList) throw invalid(`${name} must be a list of strings`);
  if (value.length > mostTexts) throw invalid(`${name} has more than ${mostTexts}`);
  return value as string[];
}

/** A word of a query; given twice, the last counts. @param usual left out: it is required */
export function wordIn(query: unknown, name: string, usual?: string): string {
  const given = (query as Record<string, string | string[] | undefined>)[name];
  const word = (Array.isArray(given) ? given.at(-1) : given) ?? usual ?? '';
  if (word === '' && usual === undefined) throw invalid(`${name} is required`);
  return word;
}

export function limitIn(query: object, usual: number): number {
  const word = wordIn(query, 'limit', String(usual));
  const limit = /^\d{1,6}$/.test(word) ? Number(word) : 0;
  if (limit < 1) throw invalid('limit must be a number from 1 on');
  return Math.min(limit, mostMessages);
}

/** Milliseconds since the epoch; null where it is left out. @throws HubFault for what is no instant of ISO 8601 */
export function instantIn(query: object, name: string): number | null {
  const word = wordIn(query, name, '');
  if (word === '') return null;
  const isIso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(word);
  const at = isIso ? Date.parse(word) : Number.NaN;
  if (Number.isNaN(at)) throw invalid(`${name} is no instant: 2026-11-30T06:15:00Z`);
  return at;
}

function invalid(reason: string): HubFault {
  return new HubFault(400, 'invalid', reason);
}
