/** What a history file says of itself beside its rows, in the metadata of the Parquet file. */
import { z } from 'zod'

export const HISTORY_SCHEMA = 'doorbuster.history/2'

export const documentSchema = z.object({
  schema: z.literal(HISTORY_SCHEMA),
  stepIndex: z.int().nonnegative(),
  skus: z.array(z.string()).min(1),
  requestIdPrefix: z.string(),
  codes: z.array(z.string()).min(1),
})

export type HistoryDocument = z.infer<typeof documentSchema>
