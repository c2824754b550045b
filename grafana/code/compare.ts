/** *Compare*: runs beside one another, by strategy. They lie where they lay in time; the totals are of each whole run. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboard, type Section } from './frame.ts'
import { BAD_ABOVE_ZERO, bars, DOUBTFUL_ABOVE_ZERO, overTime, table } from './panels.ts'
import { last, max, quantile, quantileOfAll, rate, sum } from './queries.ts'
import { VERDICT_COLOURS } from './sale.ts'
import { bucketsOf, series } from './series.ts'

/** What makes one run, in the order of the columns. */
const RUN = ['strategy', 'scenario', 'run'] as const
const LEGEND = '{{strategy}}, {{run}}'

export function compare(): Dashboard {
  return dashboard({
    uid: 'doorbuster-compare',
    title: 'Doorbuster / Compare',
    description: 'Several runs or strategies side by side. Choose a time that holds them all.',
    runs: 'several',
    sections: [totals(), beside(), overTheSale(), each()],
  })
}

function totals(): Section {
  const times = bucketsOf('doorbuster_response_time_seconds')
  return {
    title: 'Runs',
    panels: [
      table({
        title: 'Runs',
        description:
          'Each run in a row, its figures over the whole of it; percentiles of all its answers together. A run that is `wrong` has no speed worth comparing: what it saves is the guard.',
        unit: 'locale',
        rows: RUN,
        colours: VERDICT_COLOURS,
        columns: [
          column('oversold', 'doorbuster_sale_oversold_units', BAD_ABOVE_ZERO),
          column('lost', 'doorbuster_sale_lost_units', BAD_ABOVE_ZERO),
          column('unknown', 'doorbuster_sale_unknown_units', DOUBTFUL_ABOVE_ZERO),
          column('sold', 'doorbuster_sale_sold_units'),
          column('answered', 'doorbuster_requests_achieved_total'),
          column('dropped', 'doorbuster_requests_dropped_total'),
          { expression: quantileOfAll(0.5, times, ...RUN), legend: 'p50', unit: 's' },
          { expression: quantileOfAll(0.99, times, ...RUN), legend: 'p99', unit: 's' },
        ],
        width: 16,
      }),
      table({
        title: 'Verdicts',
        description:
          'How each run ended; `running` before that. Open the run in the dashboard Sale to see which check failed, and `doorbuster report` for the orders that prove it.',
        unit: 'none',
        rows: [...RUN, 'verdict'],
        labelsOnly: true,
        colours: VERDICT_COLOURS,
        columns: [
          { expression: `${max(last(series('doorbuster_verdict')), ...RUN, 'verdict')} == 1`, legend: 'holds' },
        ],
        width: 8,
      }),
    ],
  }
}

type Total = Parameters<typeof series>[0]

function column(legend: string, name: Total, thresholds?: typeof BAD_ABOVE_ZERO) {
  return { expression: sum(last(series(name)), ...RUN), legend, ...(thresholds === undefined ? {} : { thresholds }) }
}

function beside(): Section {
  const oversold = sum(last(series('doorbuster_sale_oversold_units')), ...RUN)
  const lost = sum(last(series('doorbuster_sale_lost_units')), ...RUN)
  return {
    title: 'Side by side',
    panels: [
      bars({
        title: 'Units oversold or lost',
        description:
          'Any at all disqualifies a strategy, however fast it is; until the ledger is read, the oversold alone. Look it up in docs/strategies.',
        unit: 'locale',
        thresholds: BAD_ABOVE_ZERO,
        // What was lost is only known once a ledger was read.
        queries: [{ expression: `(${oversold} + ${lost}) or ${oversold}`, legend: LEGEND }],
        width: 8,
      }),
      bars({
        title: 'Response time, p99 of the whole run',
        description:
          'Compare runs of one scenario on one quiet machine only. Far apart between repetitions of one strategy: the machine is busy, and the difference between strategies means nothing.',
        unit: 's',
        queries: [
          {
            expression: quantileOfAll(0.99, bucketsOf('doorbuster_response_time_seconds'), ...RUN),
            legend: LEGEND,
          },
        ],
        width: 8,
      }),
      bars({
        title: 'CPU of the target for each answer',
        description:
          'CPU seconds of the server and its stores for each definite answer, the warm-up included: what the strategy costs, at any load. The highest is the first to be saturated; Inside shows where it goes.',
        unit: 's',
        queries: [
          {
            expression: `${sum(last(series('doorbuster_service_cpu_seconds_total', { service: /target|postgres|redis/ })), ...RUN)} / ${sum(last(series('doorbuster_requests_achieved_total')), ...RUN)}`,
            legend: LEGEND,
          },
        ],
        width: 8,
      }),
    ],
  }
}

function overTheSale(): Section {
  return {
    title: 'Over the sale',
    panels: [
      overTime({
        title: 'Achieved',
        description:
          'Definite answers per second, by run. One that stays below the others at the same offered rate is saturated earlier: see its CPU and waits in Inside.',
        unit: 'reqps',
        queries: [{ expression: sum(rate(series('doorbuster_requests_achieved_total')), ...RUN), legend: LEGEND }],
        width: 12,
      }),
      overTime({
        title: 'Sold, as a share of the stock',
        description:
          'Above 100 %: oversold. A flatter curve sells more slowly; one that stops below 100 % leaves units unsold: see the check `sold-through`.',
        unit: 'percentunit',
        queries: [
          {
            expression: `${sum(series('doorbuster_sale_sold_units'), ...RUN)} / ${sum(series('doorbuster_sale_stock_units'), ...RUN)}`,
            legend: LEGEND,
          },
        ],
        width: 12,
      }),
      overTime({
        title: 'Failures',
        description:
          'Requests refused or without a definite answer, per second, by run. The dashboard Sale names their codes.',
        unit: 'reqps',
        queries: [{ expression: sum(rate(series('doorbuster_failures_total')), ...RUN), legend: LEGEND }],
        width: 12,
      }),
      overTime({
        title: 'CPU of the target',
        description:
          'Cores in use by the server and its stores, by run. At the number of cores of the machine nothing goes faster but by doing less.',
        unit: 'none',
        queries: [
          {
            expression: sum(
              rate(series('doorbuster_service_cpu_seconds_total', { service: /target|postgres|redis/ })),
              ...RUN,
            ),
            legend: LEGEND,
          },
        ],
        width: 12,
      }),
    ],
  }
}

function each(): Section {
  const times = bucketsOf('doorbuster_response_time_seconds')
  return {
    title: 'Each strategy',
    panels: [
      overTime({
        title: 'Response time of $strategy',
        description:
          'From the planned moment to the answer, one panel for each strategy; percentiles of the histogram. p99 far above p50 is queueing: a lock, a pool, or the event loop (Inside).',
        unit: 's',
        queries: [0.5, 0.95, 0.99].map((of) => ({
          expression: quantile(of, times, 'run'),
          legend: `p${of * 100} of {{run}}`,
        })),
        width: 12,
      })
        .repeat('strategy')
        .repeatDirection('h')
        .maxPerRow(2),
    ],
  }
}
