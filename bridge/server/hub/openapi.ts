import { createJsonSchemaTransform } from 'fastify-type-provider-zod';

/** Schemas of routes as OpenAPI has them: made from those that the methods check by. A document of the journal is any object. */
export const jsonSchemaTransform = createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } });
