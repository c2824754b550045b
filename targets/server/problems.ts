/**
 * Answers that are errors: RFC 9457 problem documents. Those without a detail are put together once, since a sold-out
 * sale answers little else.
 */
import type { FastifyReply } from 'fastify'
import { PROBLEMS, type ProblemCode, type ProblemDocument } from '../../src/core/wire.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Problem documents sent so far, by their code; null: nobody counts. */
    readonly refusals: Record<ProblemCode, number> | null
  }
}

export type Effect = ProblemDocument['effect']

export const PROBLEM_MEDIA_TYPE = 'application/problem+json'
/** Of every 503: when to come back, s. */
const RETRY_AFTER_S = '1'

export function problemDocument(code: ProblemCode, effect: Effect, detail?: string): ProblemDocument {
  const { status, title } = PROBLEMS[code]
  const type = `urn:doorbuster:problem:${code.toLowerCase().replaceAll('_', '-')}`
  return { type, title, status, code, effect, ...(detail === undefined ? {} : { detail }) }
}

const PREPARED = new Map(
  (Object.keys(PROBLEMS) as ProblemCode[]).flatMap((code) =>
    (['none', 'unknown'] as const).map((effect) => [code + effect, JSON.stringify(problemDocument(code, effect))]),
  ),
)

/** `effect` is the table's unless the caller knows better. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  effect: Effect = PROBLEMS[code].effect,
  detail?: string,
): void {
  const { status } = PROBLEMS[code]
  const { refusals } = reply.server
  if (refusals !== null) refusals[code] += 1
  const body =
    detail === undefined ? PREPARED.get(code + effect)! : JSON.stringify(problemDocument(code, effect, detail))
  if (status === 503) reply.header('retry-after', RETRY_AFTER_S)
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  reply.code(status).header('content-type', PROBLEM_MEDIA_TYPE).send(body)
}
