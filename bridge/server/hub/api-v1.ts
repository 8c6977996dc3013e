import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { type AllServed, methods, type Single } from '../../api/index.ts';
import { unknownName, usageError } from '../../core/failure.ts';
import { safeJson } from '../../core/visible.ts';
import { type Asked, askingAs, evidenceKeys } from '../asking.ts';
import { HubFault } from './faults.ts';
import { fromQuery } from './query.ts';
import { type Route, routes } from './routes.ts';

/** Mounts every route of the table: arguments from path, query or body, to the method that answers it. */
export function mountApi(app: FastifyInstance, served: AllServed): void {
  for (const route of routes) {
    const { verb: method, path, who } = route;
    const shape = shapeOf(route);
    const inPath = pathNames(path);
    const isRead = method === 'GET' || method === 'DELETE';
    const rest = omit(shape, inPath);
    app.route({
      method,
      url: path,
      config: { who },
      schema: {
        summary: route.says,
        tags: [path.split('/')[1]!],
        ...(inPath.length > 0 && { params: z.object(pick(shape, inPath)) }),
        ...(isRead ? { querystring: z.object(rest) } : { body: z.object(rest) }),
        response: { 200: resultOf(route.ask) },
      } as object,
      handler: async (request, reply) => {
        const closed = new AbortController();
        reply.raw.once('close', () => closed.abort());
        const given = { ...bodyOrQuery(request, isRead, rest), ...(request.params as object) };
        check(route, shape, given);
        const asked = { ...route.usual, ...idempotencyOf(request, shape), ...given, ...route.fixed };
        const args = route.become === undefined ? asked : route.become(asked);
        const asking = askingAs(request.principal!, served);
        const result = await asking.call(route.ask, args as Asked<Single>, closed.signal);
        return reply.type('application/json; charset=utf-8').send(safeJson(result));
      },
    });
  }
}

/** The arguments that a caller may give: those of the method, but for what shows who he is and what the route settles. */
export function shapeOf({ ask, fixed = {}, given }: Route): z.ZodRawShape {
  if (given !== undefined) return given;
  const { args } = methods.find(({ name }) => name === ask)!;
  return omit('shape' in args ? (args.shape as z.ZodRawShape) : {}, [...evidenceKeys, ...Object.keys(fixed)]);
}

function resultOf(ask: Single): z.ZodType {
  const found = methods.find(({ name }) => name === ask)!;
  return 'result' in found ? found.result : z.unknown();
}

function bodyOrQuery(request: FastifyRequest, isRead: boolean, shape: z.ZodRawShape): object {
  if (isRead) return fromQuery(request.query as Record<string, string | string[]>, shape);
  const { body = {} } = request;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new HubFault(400, 'invalid', 'the body is no JSON object');
}

/** A word that is misspelt must not count as one that was left out. */
function check(route: Route, shape: z.ZodRawShape, given: object): void {
  const names = Object.keys(shape);
  const stray = Object.keys(given).find((name) => !names.includes(name));
  if (stray !== undefined) throw usageError('argument', stray, `invalid: ${takes(names)}`, closestOf(stray, names));
  const missing = names.find((name) => !(name in given) && !(name in (route.usual ?? {})) && isNeeded(shape[name]!));
  if (missing !== undefined) throw usageError('argument', missing, 'missing');
}

function takes(names: readonly string[]): string {
  return names.length === 0 ? 'this route takes none' : `this route takes ${names.join(', ')}`;
}

function closestOf(stray: string, names: readonly string[]): string | undefined {
  return unknownName('argument', stray, names).nextStep;
}

function isNeeded(schema: z.core.SomeType): boolean {
  return !(schema as z.ZodType).safeParse(undefined).success;
}

function idempotencyOf({ headers }: FastifyRequest, shape: z.ZodRawShape): object {
  const key = headers['idempotency-key'];
  return 'idempotencyKey' in shape && typeof key === 'string' ? { idempotencyKey: key } : {};
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
}

function pick(shape: z.ZodRawShape, names: readonly string[]): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => names.includes(name)));
}

function omit(shape: z.ZodRawShape, names: readonly string[]): z.ZodRawShape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !names.includes(name)));
}
