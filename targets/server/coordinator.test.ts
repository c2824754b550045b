import { describe, expect, it } from 'vitest'
import { coordinate } from './coordinator.ts'
import type { InstanceCallName, InstanceCalls, InstanceHandle, InstanceUsage } from './instance-calls.ts'

type Answers = { readonly [Name in InstanceCallName]?: InstanceCalls[Name]['answer'] }

/** An instance that writes down what it is asked, and answers what the test wants. */
function instance(name: string, log: string[], answers: Answers = {}): InstanceHandle {
  return {
    async ask(call) {
      log.push(`${name} ${call}`)
      return answers[call] ?? null
    },
  }
}

const usage = (pid: number, max: number | null): InstanceUsage => ({
  pid,
  cpuSeconds: pid,
  maxRssBytes: 100,
  eventLoopDelayMs: max === null ? null : { p50: 1, p99: 2, max },
  work: { retries: pid },
})

const opening = {
  terms: { sku: 's', stock: 1, perUserLimit: null },
  hours: { opensAtMs: null, closesAtMs: null },
}

describe('coordinate', () => {
  it('opens a sale once and lets every instance know before it answers', async () => {
    const log: string[] = []
    const instances = [instance('a', log, { open: 'opened' }), instance('b', log)]
    expect(await coordinate(instances, null).open(opening)).toBe('opened')
    expect(log).toEqual(['a open', 'a learn', 'b learn'])
  })

  it('tells nobody of a sale that was there before', async () => {
    const log: string[] = []
    const instances = [instance('a', log, { open: 'exists' }), instance('b', log)]
    expect(await coordinate(instances, null).open(opening)).toBe('exists')
    expect(log).toEqual(['a open'])
  })

  it('drains nothing before every instance has come to rest', async () => {
    const log: string[] = []
    await coordinate([instance('a', log), instance('b', log)], null).settle()
    expect(log).toEqual(['a quiesce', 'b quiesce', 'a settle', 'b settle'])
  })

  it('adds up what the instances used, and takes the longest delay', async () => {
    const usages = [usage(1, 5), usage(2, 9), usage(3, null)]
    const instances = usages.map((one) => instance('x', [], { usage: one }))
    expect(await coordinate(instances, { usage: () => usage(4, 99), metrics: async () => [] }).stats()).toEqual({
      instances: 3,
      pids: [1, 2, 3, 4],
      cpuSeconds: 10,
      maxRssBytes: 400,
      eventLoopDelayMs: { p50: 1, p99: 2, max: 9 },
      work: { retries: 6 },
    })
  })
})
