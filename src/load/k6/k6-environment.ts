/**
 * What a k6 process is started with. The user's own settings of k6 must not change the load, or where the history goes;
 * where k6 sends its metrics is theirs. Pure.
 */

type Environment = Readonly<Record<string, string | undefined>>

/** Prefixes of K6_ variables that only say where metrics go, and how. */
const OUTPUT_SETTINGS = ['K6_PROMETHEUS_RW_', 'K6_OTEL_', 'K6_INFLUXDB_', 'K6_STATSD_', 'K6_CSV_', 'K6_JSON_'] as const

export interface K6Invocation {
  readonly script: string
  /** A file that holds an empty configuration: the user's own isn't read. */
  readonly config: string
  /** "0:1/2" and "0,1/2,1"; null: it runs all. */
  readonly segment: { readonly segment: string; readonly sequence: string } | null
}

export function k6Environment(env: Environment, added: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => isPassedOn(name))
  const all = [
    ...kept,
    ...Object.entries(added),
    // Nor does a proxy of the user's stand between the load and its target.
    ['NO_PROXY', '*'],
    ['K6_NO_USAGE_REPORT', 'true'],
    ['K6_AUTO_EXTENSION_RESOLUTION', 'false'],
  ]
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function isPassedOn(name: string): boolean {
  return name.startsWith('K6_') ? isOutput(name) : !/^(?:HTTP|HTTPS|ALL|NO)_PROXY$/i.test(name)
}

function isOutput(name: string): boolean {
  return name === 'K6_OUT' || OUTPUT_SETTINGS.some((prefix) => name.startsWith(prefix))
}

export function k6Arguments({ script, config, segment }: K6Invocation): string[] {
  return [
    'run',
    '--quiet',
    '--no-color',
    '--config',
    config,
    // No REST API: several processes would want one port.
    '--address',
    '',
    '--log-output',
    'stderr',
    // Lines of the script as they are.
    '--log-format',
    'raw',
    ...(segment === null
      ? []
      : ['--execution-segment', segment.segment, '--execution-segment-sequence', segment.sequence]),
    script,
  ]
}

/** Equal parts of the load, of which process `index` runs one. */
export function segmentOf(index: number, count: number): K6Invocation['segment'] {
  if (count === 1) return null
  const border = (at: number): string => (at === 0 ? '0' : at === count ? '1' : `${at}/${count}`)
  const sequence = Array.from({ length: count + 1 }, (_, at) => border(at)).join(',')
  return { segment: `${border(index)}:${border(index + 1)}`, sequence }
}
