/**
 * As what a token lets its bearer in. `agent`: as one member, which writes and reads as itself; `human`: as the person, who answers and
 * reads all; `admin`: as the person, who gives and revokes tokens, too.
 */
export const tokenRoles = ['agent', 'human', 'admin'] as const;
export type TokenRole = (typeof tokenRoles)[number];
