/** The JSON Schema of descriptors, for completion and checks in editors. It comes from the schema that validates. */
import * as z from 'zod'
import { descriptorSchema } from './schema.ts'

/** Draft 7, which every editor reads. `schemas/target.schema.json` is this, committed; a test holds them together. */
export function descriptorJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(descriptorSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster target',
    description:
      "A service of one's own, as a sale is opened on it, bought from it and judged. docs/target.md tells more.",
    ...schema,
  }
}
