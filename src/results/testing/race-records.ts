/** A race's record in which every member is there, the optional ones too. */
import type { RaceRecord } from '../../core/race-record.ts'
import { fullRecord } from './records.ts'

export function fullRace(changes: Partial<RaceRecord> = {}): RaceRecord {
  const { target, environment, checks } = fullRecord()
  return {
    schema: 'doorbuster.race/1',
    raceId: 'r1',
    status: 'complete',
    startedAt: '2026-03-14T15:09:26.000Z',
    finishedAt: '2026-03-14T15:09:56.000Z',
    command: ['--strategy', 'naive', '--crash'],
    target,
    terms: {
      buyers: 2,
      stocks: [1, 2],
      crowd: 'one-user',
      perUserLimit: 1,
      preemptions: 2,
      budgetMs: 30_000,
      reduction: 'partial',
      crash: true,
      all: false,
    },
    environment,
    parts: [
      {
        stock: 1,
        tried: 6,
        wrong: 2,
        pruned: 1,
        coverage: 'preemption-bound',
        reductionRefused: 'somebody waited within the server',
        elapsedMs: 812.5,
        longest: 4,
        ends: [{ sentence: '2 sold; 2 orders, 0 left', failed: ['no-oversell'], orders: 2 }],
        shortest: {
          order: ['buyer 1 #1', 'buyer 2 #1'],
          calls: ['SELECT remaining FROM stock WHERE sku = $1', ''],
          preemptions: 1,
          steps: [
            {
              event: 'buyer 1 #1',
              actor: 'buyer 1',
              call: {
                store: 'postgres',
                text: 'SELECT remaining FROM stock WHERE sku = $1',
                values: ['s-1'],
                result: '1 row: 1',
              },
              begins: true,
              waits: false,
              released: [{ actor: 'buyer 2', result: 'OK' }],
              answers: [{ actor: 'buyer 1', outcome: 'sold', words: 'sold' }],
              stock: { postgres: 1, redis: null },
            },
            {
              event: 'crash',
              actor: 'background',
              call: null,
              begins: false,
              waits: true,
              released: [],
              answers: [],
              stock: {},
              note: 'the server is killed',
            },
          ],
          checks,
          sentence: 'OVERSOLD by 1',
          crash: { at: 1, kind: 'after' },
          replays: { tried: 5, same: 4 },
        },
        nondeterminism: { step: 0, sentence: 'another call' },
        crashes: [
          {
            at: 1,
            kind: 'reply',
            event: 'buyer 1 #2',
            call: 'COMMIT',
            failed: ['exactly-once'],
            sentence: 'ordered twice',
          },
        ],
      },
    ],
    replayOf: { raceId: 'r0', file: 'race.json' },
    notes: ['a note'],
    verdict: 'wrong',
    exitCode: 1,
    ...changes,
  }
}
