/** The written form of what a race has to know: by which variables the service finds its stores. */
import { duration, mapping } from '../core/document/schema-parts.ts'
import { readStoreUrl } from '../core/store-url.ts'
import { DESCRIPTOR_LIMITS } from './limits.ts'
import { SCOPES } from './placeholders.ts'
import { variableName } from './schema-commands.ts'
import { namedValues, template } from './schema-texts.ts'

/** What stands in the environment as a whole is looked at when a race begins. */
const storeAddress = template('the URL of a store', SCOPES.target).superRefine((text, context) => {
  if (/^\{\{(?!\{\{)/.test(text)) return
  const reading = readStoreUrl(text.replaceAll(/\{\{[^}]*\}\}/g, '1'))
  if (!reading.ok) context.addIssue({ code: 'custom', message: reading.sentence })
})

const STORES = 'a mapping of environment variables to URLs of stores, such as {DATABASE_URL: "{{env.DATABASE_URL}}"}'

export const race = mapping('a mapping with stores', {
  stores: namedValues(variableName, storeAddress, {
    expected: STORES,
    expectedOfKeys: 'the name of an environment variable',
  })
    .refine((written) => Object.keys(written).length > 0, { error: `must be ${STORES}` })
    .describe(
      'Environment variables by which start finds its stores: postgres://, postgresql:// or redis://. In a race it is given these with the host and port of a gate in place of their own.',
    ),
  quiet: duration(DESCRIPTOR_LIMITS.quietMs.min, DESCRIPTOR_LIMITS.quietMs.max, '20ms or 0.1s')
    .optional()
    .describe(
      'For so long it has to do nothing before it counts as idle: as long as its own timers, and its calls to other services, take within a buy. Left out: it counts as idle at once.',
    ),
})
