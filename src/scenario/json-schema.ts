/** The JSON Schema of scenario files, for completion and checks in editors. It comes from the schema that validates. */
import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

interface ObjectSchema {
  readonly description?: string
  readonly required?: readonly string[]
  readonly oneOf?: unknown
  readonly properties: Readonly<Record<string, ObjectSchema>>
}

/** Draft 7, which every editor reads. `schemas/scenario.schema.json` is this, committed; a test holds them together. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster scenario',
    description: 'A flash sale and the load that it has to stand. docs/scenarios.md tells more.',
    ...unlessExtending(schema as unknown as ObjectSchema),
  }
}

/** A scenario that extends another may leave out what the other says: what is required then holds for the rest only. */
function unlessExtending(schema: ObjectSchema): Record<string, unknown> {
  const { sale, ...properties } = schema.properties
  const { oneOf, ...saleSchema } = sale!
  return {
    ...schema,
    properties: { ...properties, sale: { ...saleSchema, not: { type: 'object', required: ['stock', 'sellThrough'] } } },
    required: ['name'],
    if: { type: 'object', required: ['extends'] },
    else: {
      type: 'object',
      required: schema.required,
      properties: { sale: { type: 'object', description: sale!.description, oneOf } },
    },
  }
}
