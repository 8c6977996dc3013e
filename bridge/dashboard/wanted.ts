import type { RequestView } from '../api/views.ts';

/** What a worker wants, by what was detected. */
export const kinds: Readonly<Record<string, string>> = {
  request: 'asks',
  question: 'asks at the end of its turn',
  approval: 'waits at a dialog',
  completion: 'says that it has finished',
  error: 'stands at an error',
  stuck: 'seems to be stuck',
};

/** Only a person can move it on. */
export function isYours({ state, choices }: RequestView): boolean {
  return state === 'asked' && choices.length > 0;
}
