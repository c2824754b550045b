/**
 * The few shapes that queries have. Quantiles are taken of summed buckets, never averaged; a total is the last value of
 * a counter, which begins at 0 with its run: `increase` would miss what came before the first scrape.
 */

/** Per second, over the window that Grafana finds right for the scrape interval. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`
}

export function sum(expression: string, ...by: readonly string[]): string {
  return aggregate('sum', expression, by)
}

export function max(expression: string, ...by: readonly string[]): string {
  return aggregate('max', expression, by)
}

/** What it said last in the time that is shown, also of a run that is over. */
export function last(selector: string): string {
  return `last_over_time(${selector}[$__range])`
}

/** The most that it said in the time that is shown. */
export function highest(selector: string): string {
  return `max_over_time(${selector}[$__range])`
}

/** Of what was counted in the window of a rate. */
export function quantile(of: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${of}, ${sum(rate(buckets), 'le', ...by)})`
}

/** Of all that was counted since the run began. */
export function quantileOfAll(of: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${of}, ${sum(last(buckets), 'le', ...by)})`
}

function aggregate(how: string, expression: string, by: readonly string[]): string {
  return by.length === 0 ? `${how}(${expression})` : `${how} by (${by.join(', ')}) (${expression})`
}
