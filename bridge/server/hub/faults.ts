import type { FastifyInstance } from 'fastify';
import { BridgeError, ExitCode, Forbidden, messageOf, NotNow } from '../../core/failure.ts';
import { safeJson } from '../../core/visible.ts';

/** What is refused before any method is asked. */
export class HubFault extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly nextStep: string | null;

  constructor(statusCode: number, code: string, reason: string, nextStep: string | null = null) {
    super(reason);
    this.statusCode = statusCode;
    this.code = code;
    this.nextStep = nextStep;
  }
}

/** The one shape of a fault: `{"error": {"code", "message", "next_step"}}`. */
export interface FaultBody {
  readonly error: { readonly code: string; readonly message: string; readonly next_step: string | null };
}

export interface Faulty {
  readonly status: number;
  readonly body: FaultBody;
}

export function faultOf(fault: unknown): Faulty {
  if (fault instanceof HubFault) return said(fault.statusCode, fault.code, fault.message, fault.nextStep);
  if (fault instanceof BridgeError) {
    const [status, code] = statusOf(fault);
    return said(status, code, fault.message, fault.nextStep ?? null);
  }
  const { statusCode, code } = fault as { statusCode?: number; code?: string };
  if (statusCode !== undefined && statusCode < 500) {
    const named = ofFastify[code ?? ''] ?? (statusCode === 429 ? 'too-many-requests' : 'bad-request');
    return said(statusCode, named, messageOf(fault));
  }
  return said(500, 'internal', 'the bridge failed at this; its log says at what');
}

/** Every answer that is none has this shape, those of Fastify itself as well. */
export function answerFaults(app: FastifyInstance, tell: (text: string) => void): void {
  app.setErrorHandler((fault, request, reply) => {
    const { status, body } = faultOf(fault);
    if (status === 500) tell(`server: ${request.method} ${request.routeOptions.url ?? '?'}: ${messageOf(fault)}`);
    return reply.code(status).type('application/json; charset=utf-8').send(safeJson(body));
  });
  app.setNotFoundHandler({ preHandler: [] }, async () => {
    throw new HubFault(
      404,
      'unknown-route',
      'there is nothing at this path',
      'GET /api/v1/openapi.json lists what there is',
    );
  });
}

function said(status: number, code: string, message: string, nextStep: string | null = null): Faulty {
  return { status, body: { error: { code, message, next_step: nextStep } } };
}

function statusOf(fault: BridgeError): readonly [number, string] {
  if (fault instanceof Forbidden) return [403, 'forbidden'];
  if (fault instanceof NotNow) return [409, 'not-now'];
  if (fault.exitCode !== ExitCode.usageError) return [409, 'refused'];
  return /^unknown\b/.test(fault.reason) ? [404, 'unknown'] : [400, 'invalid'];
}

const ofFastify: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'not-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'not-json',
};
