import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/** What a page of ours may load and talk to: nothing but this server. */
const ownPagesOnly = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Every answer has the headers that helmet gives it. They are the same for all: it is asked for them once. */
export function secureHeaders(app: FastifyInstance): void {
  const headers = headersOf({
    contentSecurityPolicy: { useDefaults: false, directives: ownPagesOnly },
    // with the usual `no-referrer` a browser says of its own forms that they come from nowhere, and the login is none of ours
    referrerPolicy: { policy: 'same-origin' },
    // of a name that is this machine's today a browser must not remember anything
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (_request, { raw }, done) => {
    for (const [name, value] of headers) raw.setHeader(name, value);
    done();
  });
}

function headersOf(options: Parameters<typeof helmet>[0]): ReadonlyArray<readonly [name: string, value: string]> {
  const headers = new Map<string, string>();
  const reply = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  } as unknown as ServerResponse;
  helmet(options)(null as never, reply, (fault?: unknown) => {
    if (fault !== undefined) throw fault;
  });
  return [...headers];
}
