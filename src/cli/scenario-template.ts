/** A scenario of one's own to begin with: it runs as it stands, and says what else there is. */

/** `command`: how it is run. */
export function scenarioTemplate(name: string, command: string): string {
  return `# A flash sale, and the load that it has to stand. Run it:
#   ${command}
# docs/scenarios.md tells every key; \`doorbuster list scenarios\` shows what is shipped.

name: ${name}
description: What this scenario is good for, in a sentence.

# Take another scenario, a shipped one or a path, and write only what is to be different:
# extends: smoke

seed: 1                  # same seed: same arrivals, same buyers, same quantities

sale:
  sellThrough: 50%       # stock: half of the units that the buyers will ask for. Or a number: stock: 500
  perUserLimit: 2        # units; left out: no limit
  # skus: 20             # SKUs of each step, each a sale of its own; or a matrix:
  # skus: {flavour: [cherry, lemon], size: [small, large], batch: 3}
  # skew: 1.1            # how unevenly they are asked for (Zipf's law)

buyers:
  population: 5000       # distinct users; few of them come back, and meet their limit
  quantity: 1            # units of one order; or numbers with weights: {1: 80, 2: 15, 4: 5}
  doubleClicks: 5%       # of the buyers: the same request, sent twice at once
  reads: 10%             # of the requests: look at the stock

arrivals: poisson        # independent buyers, in random gaps; or uniform, evenly spaced

steps:                   # each step is a sale of its own
  - rate: 100            # HTTP requests per second
    duration: 5s
  - rate: 200
    duration: 5s
  # - ramp: {from: 100, to: 1000}           # a rate that rises over the step
  #   duration: 10s
  # - spike: {requests: 5000, decay: 1s}    # everyone at the stroke of the hour
  #   duration: 10s
  # - replay: arrivals.txt                  # moments of your own: ms since the start of the step, one a line

# thresholds:
#   - p99 < 100ms
#   - "whole: errorRate < 0.1%"
`
}
