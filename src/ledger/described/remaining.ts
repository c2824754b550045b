/** How many units a described service has left. */
import { HarnessError } from '../../core/errors.ts'
import { locate } from '../../core/locate.ts'
import type { NamedValues, SqlSession, TargetAccess } from '../../core/target-access.ts'
import type { NumberSource } from '../../core/target-descriptor.ts'

/**
 * May be below zero. What isn't there is no zero: it is an error.
 * @param shared a session with the same store, if there is one
 * Throws HarnessError.
 */
export async function readRemaining(
  source: NumberSource,
  values: NamedValues,
  access: TargetAccess,
  shared: SqlSession | null,
): Promise<number> {
  switch (source.kind) {
    case 'sql':
      return wholeNumber(await queryOne(source, values, access, shared), 'the query')
    case 'redis': {
      const session = await access.redis(source.url)
      try {
        const [command = '', ...parameters] = source.command.map((word) => access.fill(word, values))
        return wholeNumber(await session.call(command, ...parameters), `${command} ${parameters.join(' ')}`)
      } finally {
        await session[Symbol.asyncDispose]()
      }
    }
    case 'http': {
      const answer = await access.send(source.request, values)
      const what = `${access.describe(source.request, values)}, answered with ${answer.status},`
      return wholeNumber(locate(source.at, answer), what)
    }
    case 'shell':
      return wholeNumber((await access.run(source.command, values)).trim(), 'the command')
  }
}

async function queryOne(
  { store, query }: Extract<NumberSource, { kind: 'sql' }>,
  values: NamedValues,
  access: TargetAccess,
  shared: SqlSession | null,
): Promise<unknown> {
  const session = shared ?? (await access.sql(store, 'read'))
  try {
    const { rows } = await session.query(query, values)
    if (rows.length === 1 && rows[0]!.length === 1) return rows[0]![0]
    const shape = rows.length === 1 ? `a row of ${rows[0]!.length} columns` : `${rows.length} rows`
    throw new HarnessError('SERVICE_FAILED', { message: `the query gave ${shape}; one row with one number is wanted` })
  } finally {
    if (shared === null) await session[Symbol.asyncDispose]()
  }
}

function wholeNumber(value: unknown, what: string): number {
  const number = /^-?\d+(?:\.0+)?$/.test(String(value)) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  const shown = value === undefined || value === null ? 'nothing' : JSON.stringify(value).slice(0, 60)
  throw new HarnessError('SERVICE_FAILED', { message: `${what} gave ${shown}, and no whole number of units` })
}
