/** What the server refused, in its own words. */
export class Refused extends Error {
  readonly status: number;
  readonly nextStep: string | null;

  constructor(status: number, message: string, nextStep: string | null) {
    super(message);
    this.status = status;
    this.nextStep = nextStep;
  }
}

/** A read, below `/api/v1`. @throws Refused */
export const get = <Result>(path: string): Promise<Result> => ask<Result>('GET', path);
/** @throws Refused */
export const post = <Result>(path: string, body: object = {}): Promise<Result> => ask<Result>('POST', path, body);
/** @throws Refused */
export const remove = <Result>(path: string): Promise<Result> => ask<Result>('DELETE', path);

async function ask<Result>(method: string, path: string, body?: object): Promise<Result> {
  const reply = await fetch(`/api/v1${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refused(0, 'the server does not answer', 'it is tried again as soon as the connection is back');
  });
  const text = await reply.text();
  if (reply.ok) return JSON.parse(text) as Result;
  // logged out, or its token was revoked
  if (reply.status === 401) location.assign('/login');
  throw faultIn(reply.status, text);
}

function faultIn(status: number, text: string): Refused {
  try {
    const { error } = JSON.parse(text) as { error: { message: string; next_step: string | null } };
    return new Refused(status, error.message, error.next_step);
  } catch {
    return new Refused(status, `the server said ${status}`, null);
  }
}

/** A part of an address; half a character, which no address can hold, stands there as one that is not known. */
export function inPath(part: string): string {
  return encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd'));
}
