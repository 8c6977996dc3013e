import { decision } from './decision.ts';

/** Ends a request without an answer. */
export const dismiss = decision('dismiss', (requests, id, by) => requests.dismiss(id, by));
