import * as z from 'zod';

type Kind = 'number' | 'boolean' | 'array' | 'text';

/**
 * What a query says, in the types of the arguments: all of it is text there. What is none of that type stays text, and the method
 * says so. An instant may be an ISO date.
 */
export function fromQuery(query: Readonly<Record<string, string | string[]>>, shape: z.ZodRawShape): object {
  return Object.fromEntries(
    Object.entries(query).map(([name, given]) => [name, typed(given, name in shape ? kindOf(shape[name]!) : 'text')]),
  );
}

function typed(given: string | string[], kind: Kind): unknown {
  if (kind === 'array') return [given].flat().flatMap((one) => one.split(','));
  const text = Array.isArray(given) ? given.at(-1)! : given;
  if (kind === 'boolean') return /^(?:true|1)$/.test(text) ? true : /^(?:false|0)$/.test(text) ? false : text;
  if (kind !== 'number') return text;
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const instant = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? text : instant;
}

/** What is behind optional, nullable and what else has been put around it. */
function kindOf(schema: z.core.SomeType): Kind {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly)
    return kindOf(schema.unwrap());
  if (schema instanceof z.ZodDefault) return kindOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return kindOf(schema.in);
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodArray ? 'array' : 'text';
}
