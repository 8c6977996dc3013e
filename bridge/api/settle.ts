import { decision } from './decision.ts';

/** Ends a request whose answer is in doubt: somebody saw that it has arrived. */
export const settle = decision('settle', (requests, id, by) => requests.confirmDelivered(id, by));
