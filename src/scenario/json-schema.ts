/** The JSON Schema of scenario files, for completion and checks in editors. It comes from the schema that validates. */
import * as z from 'zod'
import { scenarioSchema } from './schema.ts'

/** Draft 7, which every editor reads. `schemas/scenario.schema.json` is this, committed; a test holds them together. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' })
  return {
    $schema,
    title: 'Doorbuster scenario',
    description: 'A flash sale and the load that it has to stand. docs/scenarios.md tells more.',
    ...schema,
  }
}
