/**
 * Admin calls over all instances: what is asked of one and what of every one, and how their answers become one.
 * An admin call is answered when every instance has answered.
 */
import type { StatsResponseBody } from '../../src/core/wire.ts'
import { expose, type MetricsFormat } from './exposition.ts'
import type { InstanceHandle, InstanceUsage, SaleOpening } from './instance-calls.ts'
import type { MetricFamily } from './metric-family.ts'

/** Admin calls as the routes make them; all plain data. Rejects with CallFailure. */
export interface Administration {
  open(opening: SaleOpening): Promise<'opened' | 'exists'>
  close(sku: string): Promise<boolean>
  settle(): Promise<null>
  stats(): Promise<StatsResponseBody>
  /** As text. */
  metrics(format: MetricsFormat): Promise<string>
}

/** Past this, settling is given up, ms. */
const SETTLE_DEADLINE_MS = 30_000

/** A coordinating process that is no instance itself. */
export interface CoordinatingProcess {
  usage(): InstanceUsage
  metrics(): Promise<readonly MetricFamily[]>
}

/** `own`: null where the coordinating process is an instance. */
export function coordinate(instances: readonly InstanceHandle[], own: CoordinatingProcess | null): Administration {
  const first = instances[0]!
  return {
    async open({ terms, hours }) {
      const opened = await first.ask('open', { terms, hours })
      if (opened === 'opened') await Promise.all(instances.map((one) => one.ask('learn', { sku: terms.sku, hours })))
      return opened
    },
    close: (sku) => first.ask('close', { sku }),
    async settle() {
      const endsAt = performance.now() + SETTLE_DEADLINE_MS
      const remaining = () => ({ deadlineMs: Math.max(1, endsAt - performance.now()) })
      // First nobody sells any more anywhere, then what those sales left behind is drained everywhere.
      await Promise.all(instances.map((one) => one.ask('quiesce', remaining())))
      await Promise.all(instances.map((one) => one.ask('settle', remaining())))
      return null
    },
    async stats() {
      const usages = await Promise.all(instances.map((one) => one.ask('usage', {})))
      return together(usages, own?.usage() ?? null)
    },
    async metrics(format) {
      const asked = instances.map((one) => one.ask('metrics', { asksStores: one === first }))
      return expose(await Promise.all([...asked, own?.metrics() ?? []]), format)
    },
  }
}

function together(usages: readonly InstanceUsage[], coordinator: InstanceUsage | null): StatsResponseBody {
  const all = coordinator === null ? usages : [...usages, coordinator]
  const work: Record<string, number> = {}
  for (const usage of usages) {
    for (const [name, count] of Object.entries(usage.work)) work[name] = (work[name] ?? 0) + count
  }
  const delays = usages.map((usage) => usage.eventLoopDelayMs).filter((delay) => delay !== null)
  return {
    instances: usages.length,
    pids: all.map((usage) => usage.pid),
    cpuSeconds: sum(all.map((usage) => usage.cpuSeconds)),
    maxRssBytes: sum(all.map((usage) => usage.maxRssBytes)),
    eventLoopDelayMs: delays.toSorted((a, b) => b.max - a.max)[0] ?? null,
    work,
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
