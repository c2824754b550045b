/**
 * What a scenario may ask for at most, and what holds where it says nothing. The schema, its error messages and the
 * documentation read these; nothing else states a bound.
 */

export const SCENARIO_LIMITS = {
  /** Scenarios that extend one another. */
  generations: 8,
  steps: 1_000,
  /** HTTP requests of one step. The engine holds ten million rows; Poisson arrivals are sometimes more than planned. */
  requestsPerStep: 9_900_000,
  arrivalRatePerSec: 1_000_000,
  /** Arrivals of one replay: all of them stand in `run.json`, so that the run can be repeated. */
  replayTimes: 1_000_000,
  stepDurationMs: { min: 10, max: 24 * 3_600_000 },
  timeoutMs: { min: 1, max: 300_000 },
  /** Connections that one client address can have to one server port. */
  maxInFlight: 65_535,
  population: 100_000_000,
  /** Of one step. Each is judged by itself, and has its own results in `run.json`. */
  skus: 1_000,
  salesOfAllSteps: 10_000,
  /** Attributes of a matrix. */
  skuAttributes: 5,
  /** With the step's number in front, 64 characters at most. */
  skuNameLength: 50,
  skew: 10,
  bots: 1_000_000,
  /** The column of attempts has eight bits, and nobody presses that often. */
  attempts: 20,
  retryDelayMs: { min: 1, max: 600_000 },
  thresholds: 200,
  quantityWeight: 1_000_000_000,
  seed: 0xffff_ffff,
} as const

export const SCENARIO_DEFAULTS = {
  seed: 1,
  maxInFlight: 1_024,
  timeoutMs: 2_000,
  arrivals: 'uniform',
  achieved: 'achieved >= 99%',
  /** Requests per second that a step with connections and no rate plans at most. */
  closedRatePerSec: 20_000,
  /** Of a spike: share of its duration after which the rate is 1/e of the peak. */
  spikeDecay: 0.2,
  /** Population where none is given: so many users for each request of the largest step, so that few come twice. */
  usersPerRequest: 10,
  smallestPopulation: 1_000,
  retryShare: 1,
  retryDelayMs: 500,
  retryAttempts: 3,
} as const
