import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Bridge } from '../../app/bridge.ts';
import { BridgeError, usageError } from '../../core/failure.ts';
import { packageFolder } from '../../host/package-version.ts';

const base64url = z
  .string()
  .max(200)
  .regex(/^[\w-]+={0,2}$/, 'is no base64url');
const asked = z.strictObject({
  endpoint: z.string().max(1_024),
  keys: z.strictObject({ p256dh: base64url, auth: base64url }),
});
const view = z.object({
  /** whether `notify: webpush` of bridge.yaml has browsers called */
  isOn: z.boolean(),
  /** the public key with which a browser subscribes; null where none is called */
  key: z.string().nullable(),
  /** of all persons: where each is called, which is nobody else's to know, is told to nobody */
  subscriptions: z.array(z.object({ id: z.string(), service: z.string(), token: z.string(), addedAt: z.number() })),
});

/** Below `/api/v1`: a browser asks to be called, with the token by which it is in, and no more. */
export function mountPush(api: FastifyInstance, bridge: Pick<Bridge, 'config' | 'subscriptions' | 'tokens'>): void {
  const { subscriptions, tokens } = bridge;
  const isOn = bridge.config.notify.webpush !== undefined;
  const config = { who: 'person' as const };
  const schema = (summary: string, more: object) => ({ summary, tags: ['push'], ...more }) as object;

  api.get('/push', { config, schema: schema('Which browsers are called', { response: { 200: view } }) }, async () => ({
    isOn,
    key: isOn ? subscriptions.keys.publicKey : null,
    subscriptions: subscriptions
      .list()
      .map(({ id, endpoint, token, addedAt }) => ({ id, service: new URL(endpoint).host, token: token.name, addedAt })),
  }));
  const added = { body: asked, response: { 200: z.object({ id: z.string() }) } };
  api.post('/push', { config, schema: schema('Have this browser called', added) }, async (request) => {
    if (!isOn)
      throw new BridgeError({
        what: 'web push',
        target: 'this browser',
        reason: 'is not set up',
        nextStep: '`notify: webpush` in bridge.yaml has browsers called',
      });
    return { id: subscriptions.add(tokenOf(request), bodyOf(request)) };
  });
  const removed = { params: z.object({ id: z.string() }), response: { 200: z.object({ wasThere: z.boolean() }) } };
  api.delete('/push/:id', { config, schema: schema('Call it no more', removed) }, async (request) => ({
    wasThere: subscriptions.remove((request.params as { id: string }).id),
  }));

  function tokenOf({ principal }: FastifyRequest) {
    const { name, addedAt } = tokens.list().find(({ name }) => name === principal!.name)!;
    return { name, addedAt };
  }
}

/** Its folder is all that the worker may ever have to do with: it controls no page. */
export function mountPushWorker(app: FastifyInstance): void {
  const schema = { hide: true } as object;
  app.get('/push/worker.js', { config: { who: 'anyone' }, schema }, (_request, reply) =>
    reply
      .type('text/javascript; charset=utf-8')
      .headers({ 'cache-control': 'no-cache', 'content-security-policy': "default-src 'none'" })
      .send(readFileSync(join(packageFolder, 'dist/dashboard/push/worker.js'), 'utf8')),
  );
}

function bodyOf({ body }: FastifyRequest): z.output<typeof asked> {
  const { success, data, error } = asked.safeParse(body);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  throw usageError('argument', path.join('.'), `invalid: ${message}`);
}
