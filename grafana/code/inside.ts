/** *Inside*: the server, Postgres and Redis, for whoever wants to know why it is slow, or where the orders are. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboard, type Section } from './frame.ts'
import { overTime } from './panels.ts'
import { quantile, rate, sum, max } from './queries.ts'
import { bucketsOf, countOf, series } from './series.ts'

export function inside(): Dashboard {
  return dashboard({
    uid: 'doorbuster-inside',
    title: 'Doorbuster / Inside',
    description: 'The reference server, Postgres and Redis: where time and CPU go, and how far orders are behind.',
    runs: 'one',
    sections: [processes(), server(), waits(), writing(), postgres(), redis()],
  })
}

function processes(): Section {
  return {
    title: 'Processes',
    panels: [
      overTime({
        title: 'CPU',
        description:
          'Cores in use, by process behind the sale. One at 1.0 that has a single thread (Redis, an instance of the server) is the limit; all together at the number of cores: the machine is.',
        unit: 'none',
        queries: [
          { expression: sum(rate(series('doorbuster_service_cpu_seconds_total')), 'service'), legend: '{{service}}' },
          { expression: sum(rate(series('process_cpu_seconds_total')), 'job'), legend: 'process of {{job}}' },
        ],
        width: 8,
      }),
      overTime({
        title: 'Memory',
        description:
          'The most that each process had, and what server and harness have now. Growing through all steps: a leak, or a backlog that is kept in memory (see the drain backlog).',
        unit: 'bytes',
        queries: [
          { expression: max(series('doorbuster_service_memory_bytes'), 'service'), legend: 'most of {{service}}' },
          { expression: sum(series('process_resident_memory_bytes'), 'job'), legend: '{{job}} now' },
        ],
        width: 8,
      }),
      overTime({
        title: 'Event-loop delay, p99',
        description:
          'What a callback waits for its turn in the server and in the harness; the worst of several instances. Above some 10 ms: something blocks (large JSON, a long loop), or the CPU is short. In the harness it makes the generator late.',
        unit: 's',
        queries: [{ expression: max(series('nodejs_eventloop_lag_p99_seconds'), 'job'), legend: '{{job}}' }],
        width: 8,
      }),
      overTime({
        title: 'Heap in use',
        description:
          'JavaScript objects of the server and of the harness. A saw-tooth is right; a rising lower edge is a leak or a queue without a bound.',
        unit: 'bytes',
        queries: [{ expression: sum(series('nodejs_heap_size_used_bytes'), 'job'), legend: '{{job}}' }],
        width: 12,
      }),
      overTime({
        title: 'Garbage collections',
        description:
          'Collections per second, by kind. Many `major` ones under load: objects live too long; they show as peaks of the event-loop delay.',
        unit: 'ops',
        queries: [
          { expression: sum(rate(countOf('nodejs_gc_duration_seconds')), 'job', 'kind'), legend: '{{job}}, {{kind}}' },
        ],
        width: 12,
      }),
    ],
  }
}

function server(): Section {
  return {
    title: 'Server',
    panels: [
      overTime({
        title: 'Buys by result',
        description:
          'What came of buys, per second, as the server counts them. `busy`: it turned buyers away for want of room; much `replayed`: buyers press again because answers are slow.',
        unit: 'reqps',
        stacked: true,
        queries: [{ expression: sum(rate(series('inventory_check_total')), 'result'), legend: '{{result}}' }],
        width: 8,
      }),
      overTime({
        title: 'Time to make an order',
        description:
          'From the parsed request to the new order; percentiles of the histogram. Above what buyers may wait: the waits below say for what. Small here and large at the buyers: they queue before the server.',
        unit: 's',
        queries: percentiles('order_create_duration_seconds'),
        width: 8,
      }),
      overTime({
        title: 'Requests inside, and refused',
        description:
          'Requests in the server, answered or not, and refusals per second by code. Inside at its bound: a store hangs, or the strategy waits for locks; then BUSY follows.',
        unit: 'none',
        queries: [
          { expression: sum(series('http_requests_in_flight')), legend: 'inside' },
          { expression: sum(rate(series('http_requests_refused_total')), 'code'), legend: '{{code}} per second' },
        ],
        width: 8,
      }),
    ],
  }
}

function waits(): Section {
  return {
    title: 'Waits and retries',
    panels: [
      overTime({
        title: "Waits for the strategy's own locks",
        description:
          "What buys waited for the strategy's locks in the server; percentiles of the histogram. Long: all buyers of a SKU go one by one; batch, or let the store do the deduction in one step.",
        unit: 's',
        queries: percentiles('lock_wait_duration_seconds'),
        width: 8,
      }),
      overTime({
        title: 'Waits for a connection',
        description:
          'What queries waited for a connection of the pool, p99 by store. Long: the pool is too small, or transactions hold connections too long; a larger pool only helps while the store has CPU left.',
        unit: 's',
        queries: [
          { expression: quantile(0.99, bucketsOf('pool_wait_duration_seconds'), 'store'), legend: '{{store}}, p99' },
        ],
        width: 8,
      }),
      overTime({
        title: 'Retries',
        description:
          'Deductions tried again because somebody else was first, per second. More than there are sales: optimistic control on a hot row wastes most of its work; use one statement, or a queue.',
        unit: 'ops',
        queries: [{ expression: sum(rate(series('deduction_retries_total'))), legend: 'retries' }],
        width: 8,
      }),
    ],
  }
}

function writing(): Section {
  return {
    title: 'Orders on their way',
    panels: [
      overTime({
        title: 'Drain backlog',
        description:
          'Orders promised and not yet written. A crash loses what is only in memory. Growing all the time: writers are slower than buyers; bound it, write in larger batches, or promise later.',
        unit: 'locale',
        queries: [{ expression: sum(series('drain_backlog_orders')), legend: 'orders' }],
        width: 8,
      }),
      overTime({
        title: 'Size of batches',
        description:
          'Orders written together, percentiles of the histogram. Always 1 under load: batching does nothing; at its bound all the time: the writer is the limit.',
        unit: 'locale',
        queries: percentiles('write_batch_orders'),
        width: 8,
      }),
      overTime({
        title: 'Batches and units per second',
        description:
          'Writes per second, and units by how far they came. Ordered below deducted for long: the backlog grows. Many writes of few orders: the store syncs too often.',
        unit: 'ops',
        queries: [
          { expression: sum(rate(countOf('write_batch_orders'))), legend: 'batches' },
          { expression: sum(rate(series('sale_funnel_units_total')), 'stage'), legend: 'units {{stage}}' },
        ],
        width: 8,
      }),
      overTime({
        title: 'Cache hits',
        description:
          'Share of reads of the stock that the cache had. Low under load: it is invalidated by every sale, and the store gets all the readers; high with a wrong stock shown: it is not invalidated.',
        unit: 'percentunit',
        queries: [
          {
            expression: `${sum(rate(series('cache_reads_total', { result: 'hit' })))} / ${sum(rate(series('cache_reads_total')))}`,
            legend: 'hits',
          },
        ],
        width: 8,
      }),
      overTime({
        title: 'Deductions that Redis did not make',
        description:
          'Per second, by why. `refused` is the sell-out and right after it; `failed`: Redis did not answer or the script broke: see its log, and whether units leaked.',
        unit: 'ops',
        colours: { failed: 'red' },
        queries: [{ expression: sum(rate(series('redis_decr_failed_total')), 'reason'), legend: '{{reason}}' }],
        width: 8,
      }),
      overTime({
        title: "Strategy's own counters",
        description:
          'Per second, as the strategy reports them (docs/own-strategy.md). What looks bad depends on the counter: its page in docs/strategies says what it counts.',
        unit: 'ops',
        queries: [{ expression: sum(rate(series('strategy_work_total')), 'kind'), legend: '{{kind}}' }],
        width: 8,
      }),
    ],
  }
}

function postgres(): Section {
  return {
    title: 'Postgres',
    panels: [
      overTime({
        title: 'WAL',
        description:
          'Bytes of write-ahead log per second. Far above some hundred bytes for each order: full-page writes after a checkpoint, or rows that are updated again and again.',
        unit: 'Bps',
        queries: [{ expression: storeWork('postgres', /wal_bytes/), legend: 'WAL' }],
        width: 6,
      }),
      overTime({
        title: 'Transactions',
        description:
          'Per second, of the whole server. Many more commits than answers: a buy takes several transactions. Rollbacks: conflicts, or constraints that fail. Deadlocks: rows are locked in different orders.',
        unit: 'ops',
        colours: { rollbacks: 'orange', deadlocks: 'red' },
        queries: [{ expression: storeWork('postgres', /commits|rollbacks|deadlocks/), legend: '{{kind}}' }],
        width: 6,
      }),
      overTime({
        title: 'Sessions waiting for a lock',
        description:
          'As many as stood waiting whenever it was looked, about once a second. Some all the time: buyers queue for one row, as with `SELECT ... FOR UPDATE` on a SKU that all want; shorten the transaction, or deduct in one statement.',
        unit: 'locale',
        queries: [{ expression: storeWork('postgres', /lock_waiters_seen/), legend: 'sessions' }],
        width: 6,
      }),
      overTime({
        title: 'CPU of Postgres',
        description:
          'Cores in use. High with few transactions: missing index, or many connections in contention; low with long waits: it waits for the disk (synchronous commits).',
        unit: 'none',
        queries: [{ expression: cores('postgres'), legend: 'cores' }],
        width: 6,
      }),
    ],
  }
}

function redis(): Section {
  return {
    title: 'Redis',
    panels: [
      overTime({
        title: 'Commands',
        description:
          'Per second, and connections made. Several commands for each buy: put them into one script, which is atomic besides. Connections made all the time: they are not kept.',
        unit: 'ops',
        queries: [{ expression: storeWork('redis', /commands|connections/), legend: '{{kind}}' }],
        width: 8,
      }),
      overTime({
        title: 'Traffic of Redis',
        description:
          'Bytes per second in and out. More than some hundred bytes for each command: whole values travel where a count would do, or scripts are sent instead of their hash.',
        unit: 'Bps',
        queries: [{ expression: storeWork('redis', /received_bytes|sent_bytes/), legend: '{{kind}}' }],
        width: 8,
      }),
      overTime({
        title: 'CPU of Redis',
        description:
          'Cores in use; commands run on one thread, so 1.0 is the end. Near it: fewer or cheaper commands for each buy, no long scripts, or the SKUs on several servers.',
        unit: 'none',
        queries: [{ expression: cores('redis'), legend: 'cores' }],
        width: 8,
      }),
    ],
  }
}

function storeWork(store: 'postgres' | 'redis', kind: RegExp): string {
  return sum(rate(series('doorbuster_store_work_total', { store, kind })), 'kind')
}

function cores(service: 'postgres' | 'redis'): string {
  return sum(rate(series('doorbuster_service_cpu_seconds_total', { service })))
}

function percentiles(name: Parameters<typeof bucketsOf>[0]) {
  return [0.5, 0.95, 0.99].map((of) => ({ expression: quantile(of, bucketsOf(name)), legend: `p${of * 100}` }))
}
