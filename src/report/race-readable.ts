/**
 * A race without the noise of its own name: keys, SKUs and request ids begin with the id of the race, so that no two races meet in
 * a store, and in a table that is all one would see of them. race.json has them as they were sent. Pure.
 */
import type { RaceRecord, RaceStep, WrongOrder } from '../core/race-record.ts'

/** What stands for the id. */
const BRIEFLY = 'race'
/** A shorter one may stand in a text by chance. */
const SHORTEST_ID = 6

export function readableRace(record: RaceRecord): RaceRecord {
  const { raceId, parts } = record
  if (raceId.length < SHORTEST_ID) return record
  const brief = (text: string): string => text.replaceAll(raceId, BRIEFLY)
  return {
    ...record,
    parts: parts.map((part) => ({
      ...part,
      shortest: part.shortest === null ? null : readableOrder(part.shortest, brief),
    })),
  }
}

function readableOrder(order: WrongOrder, brief: (text: string) => string): WrongOrder {
  return { ...order, steps: order.steps.map((step) => readableStep(step, brief)) }
}

function readableStep(step: RaceStep, brief: (text: string) => string): RaceStep {
  const { call, released, answers, reply } = step
  return {
    ...step,
    call:
      call === null
        ? null
        : {
            ...call,
            text: brief(call.text),
            values: call.values.map(brief),
            result: call.result === null ? null : brief(call.result),
          },
    ...(reply !== undefined && { reply: { ...reply, result: brief(reply.result) } }),
    released: released.map((one) => ({ ...one, result: brief(one.result) })),
    answers: answers.map((one) => ({ ...one, words: brief(one.words) })),
  }
}
