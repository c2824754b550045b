/** The part of the schemas of records that says how quiet the machine was: src/core/machine-state.ts as a schema. */
import { z } from 'zod'

const share = z.number().min(0).max(1)

export const machineSchema = z
  .object({
    quiet: z.boolean().nullable().describe('null: this system does not say.'),
    idleShare: share.nullable(),
    stealShare: share.nullable().describe('Taken away by the host of a virtual machine.'),
    heavy: z.array(z.object({ pid: z.int(), name: z.string(), cores: z.number() })),
    waitedMs: z.number().nonnegative(),
  })
  .describe('Right before the run.')
