/** *Sale*: one sale while it is on, or afterwards. Is it right, is it fast, and can the figures be trusted? */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboard, type Section } from './frame.ts'
import { BAD_ABOVE_ZERO, bars, bigNumber, DOUBTFUL_ABOVE_ZERO, overTime, table } from './panels.ts'
import { highest, last, max, quantile, rate, sum } from './queries.ts'
import { bucketsOf, OF_ONE_SKU, OF_THE_SALE, series } from './series.ts'

/** Of outcomes, verdicts and lines, in all dashboards. */
export const VERDICT_COLOURS = {
  passed: 'green',
  running: 'blue',
  wrong: 'red',
  missed: 'orange',
  inconclusive: 'orange',
  environment: 'orange',
  interrupted: 'orange',
} as const

export function sale(): Dashboard {
  return dashboard({
    uid: 'doorbuster-sale',
    title: 'Doorbuster / Sale',
    description: 'One flash sale: whether it is right, how fast it answers, and whether the generator can be trusted.',
    runs: 'one',
    sections: [verdict(), stock(), load(), times(), generator()],
  })
}

function verdict(): Section {
  return {
    title: 'Verdict',
    panels: [
      bigNumber({
        title: 'Verdict',
        description:
          '`running` until the end, then how the run ended. `wrong`: the checks below say which rule was broken; `missed`: a threshold failed or the target was saturated; `inconclusive`: look at the generator and at the unknown units.',
        unit: 'none',
        named: true,
        colours: VERDICT_COLOURS,
        whenThereIsNone: 'no run',
        queries: [{ expression: `${max(last(series('doorbuster_verdict')), 'verdict')} == 1`, legend: '{{verdict}}' }],
        width: 5,
      }),
      bigNumber({
        title: 'Oversold',
        description:
          'Units sold beyond the stock: by what buyers were told, and by the ledger as soon as that was read. Any is too many: stop the sale, then look in the funnel for the SKU whose deductions exceed its stock; the run folder has the orders that prove it.',
        unit: 'locale',
        thresholds: BAD_ABOVE_ZERO,
        queries: [{ expression: sum(last(series('doorbuster_sale_oversold_units'))), legend: 'units' }],
        width: 4,
      }),
      bigNumber({
        title: 'Lost',
        description:
          'Units that buyers were promised and that no ledger has. Known when the ledger was read, at the end of a step. Any is too many: look at the drain backlog and at crashes between the promise and the write (Inside).',
        unit: 'locale',
        thresholds: BAD_ABOVE_ZERO,
        whenThereIsNone: 'ledger not read yet',
        queries: [{ expression: sum(last(series('doorbuster_sale_lost_units'))), legend: 'units' }],
        width: 4,
      }),
      bigNumber({
        title: 'Unknown',
        description:
          'Units that buyers asked for without an answer that says whether they were sold: time-outs, resets, errors that leave it open. Many of them make every verdict uncertain: see the failures by code.',
        unit: 'locale',
        thresholds: DOUBTFUL_ABOVE_ZERO,
        queries: [{ expression: sum(last(series('doorbuster_sale_unknown_units'))), legend: 'units' }],
        width: 4,
      }),
      bigNumber({
        title: 'Sold',
        description:
          'Units that buyers were told are theirs. Nothing sold in a sale that has stock: are buyers turned away by an error, or is the sale not open?',
        unit: 'locale',
        queries: [{ expression: sum(last(series('doorbuster_sale_sold_units'))), legend: 'units' }],
        width: 4,
      }),
      bigNumber({
        title: 'Unsold',
        description:
          'Units of the stock that nobody was sold. Right while the sale goes on, or when fewer came than there were units; if buyers were told "sold out" meanwhile, units leak: see the check `sold-through`.',
        unit: 'locale',
        queries: [{ expression: sum(last(series('doorbuster_sale_unsold_units'))), legend: 'units' }],
        width: 3,
      }),
      table({
        title: 'Checks',
        description:
          'The worst verdict so far of each check that was spoken of. One that failed: docs/checks.md says what it means, and `doorbuster report` shows the operations that prove it. `unknown`: the history holds both answers.',
        unit: 'none',
        rows: ['check', 'verdict'],
        labelsOnly: true,
        colours: { pass: 'green', fail: 'red', unknown: 'orange', 'not-checked': 'text' },
        columns: [
          {
            expression: `${max(last(series('doorbuster_check_verdict')), 'check', 'verdict')} == 1`,
            legend: 'holds',
          },
        ],
        width: 8,
      }),
      table({
        title: 'Oversell funnel by SKU',
        description:
          'How far the buys of each SKU came. Deducted above the stock: the guard let too many through, in the deduction itself. Ordered below deducted when the sale is over: orders were lost on the way to the store. Checked far above deducted: the check is passed by many who then find nothing. `OTHER`: SKUs beyond the hundredth; their deductions and their stock are not of the same SKUs, so no oversell is told of it.',
        unit: 'locale',
        rows: ['sku'],
        columns: [
          { expression: sum(last(series('doorbuster_sale_stock_units')), 'sku'), legend: 'stock' },
          { expression: sum(funnel('checked'), 'sku'), legend: 'checked' },
          { expression: sum(funnel('deducted'), 'sku'), legend: 'deducted' },
          { expression: sum(funnel('ordered'), 'sku'), legend: 'ordered' },
          {
            expression: `clamp_min(${sum(funnel('deducted', OF_ONE_SKU), 'sku')} - ${sum(last(series('doorbuster_sale_stock_units', { sku: OF_ONE_SKU })), 'sku')}, 0)`,
            legend: 'deducted beyond the stock',
            thresholds: BAD_ABOVE_ZERO,
          },
        ],
        width: 10,
      }),
      bars({
        title: 'Funnel',
        description:
          'Units of all SKUs by how far their buys came, beside the stock. Each bar should be no longer than the one above it, and the deducted no longer than the stock; where one is, read the table beside it by SKU.',
        unit: 'locale',
        queries: [
          { expression: sum(funnel('checked')), legend: 'checked' },
          { expression: sum(funnel('deducted')), legend: 'deducted' },
          { expression: sum(funnel('ordered')), legend: 'ordered' },
          { expression: sum(last(series('doorbuster_sale_stock_units'))), legend: 'stock' },
        ],
        width: 6,
      }),
    ],
  }
}

function funnel(stage: 'checked' | 'deducted' | 'ordered', sku: { readonly not: RegExp } = OF_THE_SALE): string {
  return last(series('sale_funnel_units_total', { stage, sku }))
}

function stock(): Section {
  return {
    title: 'Stock',
    panels: [
      overTime({
        title: 'Stock burning down against sold',
        description:
          'Units left and units sold, of all sales so far. They cross and stop at the stock. Sold above the stock is an oversell; a line of what is left that stops above 0 while buyers are turned away is a leak.',
        unit: 'locale',
        colours: { oversold: 'red', sold: 'green', 'left to sell': 'blue', 'stock at the opening': 'text' },
        queries: [
          { expression: sum(series('doorbuster_sale_stock_units')), legend: 'stock at the opening' },
          { expression: sum(series('doorbuster_sale_unsold_units')), legend: 'left to sell' },
          { expression: sum(series('doorbuster_sale_sold_units')), legend: 'sold' },
          { expression: sum(series('doorbuster_sale_oversold_units')), legend: 'oversold' },
        ],
        width: 12,
      }),
      overTime({
        title: 'Stock shown to buyers',
        description:
          'What the strategy shows whoever looks, by SKU, the ten lowest; a cache may show old stock. Below 0: it was deducted without a guard. Not falling while units are sold: the cache is not invalidated.',
        unit: 'locale',
        belowZero: true,
        queries: [
          { expression: `bottomk(10, ${max(series('stock_units', { sku: OF_THE_SALE }), 'sku')})`, legend: '{{sku}}' },
        ],
        width: 12,
      }),
    ],
  }
}

function load(): Section {
  return {
    title: 'Load and outcomes',
    panels: [
      overTime({
        title: 'Offered against achieved',
        description:
          'Requests per second: planned by the step, due, sent, and answered definitely. Achieved below offered: the target is saturated, or requests fail; sent below offered: requests were dropped by the generator.',
        unit: 'reqps',
        colours: { achieved: 'green', planned: 'text' },
        queries: [
          { expression: max(series('doorbuster_step_offered_rate')), legend: 'planned' },
          { expression: sum(rate(series('doorbuster_requests_offered_total'))), legend: 'offered' },
          { expression: sum(rate(series('doorbuster_requests_sent_total'))), legend: 'sent' },
          { expression: sum(rate(series('doorbuster_requests_achieved_total'))), legend: 'achieved' },
        ],
        width: 12,
      }),
      overTime({
        title: 'Outcomes',
        description:
          'What buyers were told, per second. `sold` turns into `soldOut` at the sell-out. `refused` and `unknown` are the ones to look at: by code in the panel of failures.',
        unit: 'reqps',
        stacked: true,
        colours: { sold: 'green', unknown: 'orange', refused: 'red', dropped: 'purple' },
        queries: [{ expression: sum(rate(series('doorbuster_outcomes_total')), 'outcome'), legend: '{{outcome}}' }],
        width: 12,
      }),
      overTime({
        title: 'Failures by code',
        description:
          'Requests refused or left without a definite answer, per second. BUSY and 429: the target protects itself; TIMEOUT and resets: it may have sold, and nobody knows; DEPENDENCY_DOWN: look at the stores (Inside). Codes of which there are none are left out.',
        unit: 'reqps',
        queries: [{ expression: `${sum(rate(series('doorbuster_failures_total')), 'code')} > 0`, legend: '{{code}}' }],
        width: 8,
      }),
      overTime({
        title: 'Dropped by reason',
        description:
          'Requests that were due and never left, per second: buyers that the figures of the target lack. IN_FLIGHT_BOUND: the target holds too many open; raise `maxInFlight` only if the machine can bear it.',
        unit: 'reqps',
        queries: [
          { expression: sum(rate(series('doorbuster_requests_dropped_total')), 'reason'), legend: '{{reason}}' },
        ],
        width: 8,
      }),
      overTime({
        title: 'In flight',
        description:
          'Requests without an answer so far, as buyers see it and as the server sees it. Growing all the time: the target does not keep up. Many more at the buyers than in the server: they queue before it, in the connections.',
        unit: 'locale',
        queries: [
          { expression: sum(series('doorbuster_requests_in_flight')), legend: 'sent and not answered' },
          { expression: sum(series('http_requests_in_flight')), legend: 'inside the server' },
        ],
        width: 8,
      }),
    ],
  }
}

function times(): Section {
  const all = bucketsOf('doorbuster_response_time_seconds')
  return {
    title: 'Times',
    panels: [
      overTime({
        title: 'Response time',
        description:
          'From the planned moment to the answer, as buyers wait; percentiles of the histogram of all answers together. Above the objective: look at In flight, at the pool and lock waits, and at the CPU (Inside).',
        unit: 's',
        colours: { '^objective.*': 'red' },
        queries: [
          ...[0.5, 0.95, 0.99, 0.999].map((of) => ({ expression: quantile(of, all), legend: `p${of * 100}` })),
          {
            expression: max(series('doorbuster_response_time_objective_seconds'), 'quantile'),
            legend: 'objective of quantile {{quantile}}',
          },
        ],
        width: 12,
      }),
      overTime({
        title: 'Response time by outcome, p99',
        description:
          'Those who are told "sold out" should wait less than those who are sold something: a sold-out path as slow as the selling one goes to the store for nothing.',
        unit: 's',
        queries: [{ expression: quantile(0.99, all, 'outcome'), legend: '{{outcome}}' }],
        width: 6,
      }),
      overTime({
        title: 'Response and service time, p99',
        description:
          'Service time counts from the send. Where response time is far above it, requests left late: that is the generator, or its bound of requests in flight, and not the target alone.',
        unit: 's',
        queries: [
          { expression: quantile(0.99, all), legend: 'response time' },
          { expression: quantile(0.99, bucketsOf('doorbuster_service_time_seconds')), legend: 'service time' },
        ],
        width: 6,
      }),
    ],
  }
}

function generator(): Section {
  return {
    title: 'Generator',
    panels: [
      bigNumber({
        title: 'Steps with a late generator',
        description:
          '1: in some step the generator was late, and the times of that step are not to be trusted: fewer buyers a second, a quieter machine, or another machine for the target. The verdict on units holds all the same.',
        unit: 'locale',
        thresholds: DOUBTFUL_ABOVE_ZERO,
        whenThereIsNone: 'no step ended yet',
        queries: [{ expression: max(highest(series('doorbuster_step_generator_late'))), legend: 'late' }],
        width: 4,
      }),
      bigNumber({
        title: 'Saturated',
        description:
          '1: in some step the target did not keep up with what was offered. See at which rate it began, above; `doorbuster capacity` finds the highest rate that it bears.',
        unit: 'locale',
        thresholds: DOUBTFUL_ABOVE_ZERO,
        whenThereIsNone: 'no step ended yet',
        queries: [{ expression: max(highest(series('doorbuster_step_saturated'))), legend: 'saturated' }],
        width: 4,
      }),
      overTime({
        title: 'Send lateness',
        description:
          'From the planned moment to the send. Beyond some milliseconds the generator itself is short of CPU: close what else runs, or give the target a machine of its own.',
        unit: 's',
        queries: [0.5, 0.99].map((of) => ({
          expression: quantile(of, bucketsOf('doorbuster_send_lateness_seconds')),
          legend: `p${of * 100}`,
        })),
        width: 8,
      }),
      overTime({
        title: 'CPU of the generator and of what it loads',
        description:
          'Cores in use. Generator and target together near the number of cores of the machine: each slows the other down, and the figures are of both.',
        unit: 'none',
        queries: [
          { expression: sum(rate(series('doorbuster_service_cpu_seconds_total')), 'service'), legend: '{{service}}' },
        ],
        width: 8,
      }),
    ],
  }
}
