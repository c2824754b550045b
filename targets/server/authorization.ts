/** Admin calls carry a token. It is compared in a time that says nothing of how much of it was right. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './problems.ts'

type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

/** A hook that lets nobody pass without `Authorization: Bearer <token>`. */
export function createAuthorization(token: string): OnRequest {
  const expected = digest(`Bearer ${token}`)
  return (request, reply, done) => {
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) done()
    else sendProblem(reply, 'UNAUTHORIZED')
  }
}

/** Of one length whatever the text, as the comparison asks. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
