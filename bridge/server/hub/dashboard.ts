import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../app/bridge.ts';
import { packageFolder } from '../../host/package-version.ts';
import { principalOf } from '../principal.ts';
import { page as forPrograms } from './agent-chat/page.ts';
import type { HubOptions } from './hub-options.ts';
import { sessionOf } from './login.ts';

/** Where `npm run build` puts the page. */
const folder = join(packageFolder, 'dist/dashboard');

/**
 * The dashboard, at `/`, for a browser that has logged in; another is asked to. Its code and style are the same for everybody and
 * hold nothing of anybody: their names change with what is in them, so a browser keeps them for good.
 */
export function mountDashboard(
  app: FastifyInstance,
  { bridge, options }: { readonly bridge: Bridge; readonly options: HubOptions },
): void {
  void app.register(async (pages) => {
    await pages.register(fastifyStatic, { root: join(folder, 'assets'), serve: false });
    pages.get('/', { config: { who: 'anyone' }, schema: { hide: true } as object }, async (request, reply) => {
      const secret = sessionOf(request, options);
      const isIn = secret !== null && principalOf(bridge, secret)?.is === 'person';
      const isBrowser = request.headers.authorization === undefined;
      if (!isIn && isBrowser) return reply.redirect('/login', 303);
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
      return reply.send(isIn ? page() : forPrograms);
    });
    pages.get('/assets/:name', { config: { who: 'anyone' }, schema: { hide: true } as object }, (request, reply) =>
      reply.sendFile((request.params as { name: string }).name, { immutable: true, maxAge: '365d' }),
    );
  });
}

/** Read each time: a build puts another one there. */
function page(): string {
  const path = join(folder, 'index.html');
  return existsSync(path) ? readFileSync(path, 'utf8') : notBuilt;
}

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>bridge</title></head>
<body><h1>bridge</h1><p>The dashboard is not built here: <code>npm run build</code> makes it.</p></body></html>
`;
