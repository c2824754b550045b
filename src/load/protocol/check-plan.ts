/**
 * Whether a plan can be spoken to a described target at all: looked at before the first request of a step, in one
 * place, so that no request fails on the way. Pure.
 */
import type { RequestTemplate } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { KIND_CODES } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { formatCount, formatQuantity } from '../../core/units.ts'
import type { DescribedTarget } from '../load-engine.ts'
import { columnOf } from './placeholders.ts'
import { createRequestWriter, headersOf, NOT_IN_HEADERS } from './request-writer.ts'

type Speaker = Pick<DescribedTarget, 'protocol' | 'headers' | 'identities' | 'secrets'>

const READ = KIND_CODES.indexOf('read')

/** Throws HarnessError USAGE, which holds no value of a secret or of the pool. `plan.length` rows are looked at. */
export function checkPlan(described: Speaker, plan: StepPlan): void {
  if (described.protocol.read === null && plan.kind.subarray(0, plan.length).includes(READ)) {
    throw new HarnessError('USAGE', {
      message: `step ${plan.stepIndex + 1} plans reads of the stock, and the target is described without a read`,
      hint: 'Describe the read, or set `buyers.reads` to 0% in the scenario.',
    })
  }
  checkPool(described, plan)
  for (const { sku } of plan.sales) {
    createRequestWriter({ described, basePath: '', skus: [sku], requestIdPrefix: '' })
  }
}

function checkPool({ protocol, headers, identities }: Speaker, plan: StepPlan): void {
  const { pool, userIdPrefix } = identities
  const requests = [protocol.buy, protocol.read?.request, protocol.poll?.request].filter((one) => one !== undefined)
  const inHeaders = placeholdersOf(requests.flatMap((request) => headersOf(request, headers)))
  if (inHeaders.has('userId') && NOT_IN_HEADERS.test(userIdPrefix)) throw notInHeader('the prefix of user ids')
  if (pool === null) return
  const buyers = 1 + plan.user.subarray(0, plan.length).reduce((most, user) => Math.max(most, user), -1)
  if (buyers > pool.length) {
    throw new HarnessError('USAGE', {
      message: `step ${plan.stepIndex + 1} needs ${formatQuantity(buyers, 'buyer')}, and the pool has ${formatCount(pool.length)}`,
      hint: 'Give the pool more buyers, or set buyers.population in the scenario to as many as it has.',
    })
  }
  const inBodies = placeholdersOf(requests.flatMap(({ path, body }) => [{ value: path }, { value: body ?? [] }]))
  const columns = [...new Set([...inHeaders, ...inBodies])].map(columnOf).filter((name) => name !== null)
  const mustFitHeaders = [...inHeaders]
    .map((name) => (name === 'userId' ? name : columnOf(name)))
    .filter((name) => name !== null)
  for (const [row, values] of pool.entries()) {
    const missing = columns.find((column) => !Object.hasOwn(values, column))
    if (missing !== undefined) {
      throw new HarnessError('USAGE', {
        message: `buyer ${row + 1} of the pool has no ${missing}, which requests need`,
      })
    }
    const unfit = mustFitHeaders.find((column) => NOT_IN_HEADERS.test(values[column] ?? ''))
    if (unfit !== undefined) throw notInHeader(`${unfit} of buyer ${row + 1} of the pool`)
  }
}

function placeholdersOf(texts: readonly Pick<RequestTemplate['headers'][number], 'value'>[]): Set<string> {
  return new Set(texts.flatMap(({ value }) => value.flatMap((part) => (typeof part === 'string' ? [] : [part.value]))))
}

function notInHeader(what: string): HarnessError {
  return new HarnessError('USAGE', {
    message: `${what} holds a character that no header can hold, such as a line break`,
    hint: 'Take it out, or send the value in the body.',
  })
}
