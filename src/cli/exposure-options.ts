/** Options that let others see a run while it goes on, and how they are read. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { HarnessError } from '../core/errors.ts'
import { parseDurationMs } from '../core/units.ts'
import type { ExposureOptions } from '../run/exposure.ts'
import { integerAtLeast } from './options.ts'

export interface ExposureCommandOptions {
  readonly metricsPort?: number
  readonly metricsHost?: string
  readonly metricsLinger: number
  readonly livePort?: number
  readonly open?: true
  readonly remoteWrite?: string
}

/** Sent to the receiver of --remote-write as a bearer token. */
const TOKEN_ENV = 'DOORBUSTER_REMOTE_WRITE_TOKEN'

const HIGHEST_PORT = 65_535
const LINGER_MS = 5_000

export function addExposureOptions(command: Command): Command {
  const port = integerAtLeast(0, HIGHEST_PORT)
  return command
    .option('--metrics-port <n>', 'serve metrics for Prometheus there while the run goes on (0: any free port)', port)
    .option('--metrics-host <host>', 'address to serve on, in place of 127.0.0.1')
    .addOption(lingerOption())
    .option('--live-port <n>', 'serve a live page of the run there (0: any free port)', port)
    .option('--open', 'open the live page of the run in a browser')
    .option(
      '--remote-write <url>',
      'push the metrics of the whole run there when it ends; see docs/metrics.md',
      receiver,
    )
}

const lingerOption = (): Option =>
  new Option(
    '--metrics-linger <time>',
    'wait at most so long for a Prometheus that has asked before to ask once more at the end',
  )
    .argParser(duration)
    .default(LINGER_MS, '5s')

/** undefined: nobody is to see the run. Throws HarnessError USAGE. */
export function exposureOf(
  options: ExposureCommandOptions,
  env: Readonly<Record<string, string | undefined>>,
): ExposureOptions | undefined {
  const { metricsPort = null, metricsHost: host, metricsLinger: lingerMs, remoteWrite = null } = options
  const livePort = options.livePort ?? (options.open === true ? 0 : null)
  if (metricsPort === null && livePort === null) {
    if (host !== undefined) throw saysNothing('--metrics-host')
    if (remoteWrite === null) return undefined
  }
  const token = env[TOKEN_ENV] ?? ''
  return {
    metricsPort,
    livePort,
    host,
    lingerMs,
    remoteWrite: remoteWrite === null ? null : { url: remoteWrite, token: token === '' ? null : token },
  }
}

function saysNothing(option: string): HarnessError {
  return new HarnessError('USAGE', {
    message: `${option} says nothing without --metrics-port or --live-port`,
    hint: 'Add --metrics-port 9464, or leave it out.',
  })
}

function duration(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === null) throw new InvalidArgumentError('It must be a time such as 5s or 500ms.')
  return ms
}

/** Credentials in it would stand in the shell's history and in every list of processes. */
function receiver(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:9090/api/v1/write.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(`It must hold no credentials: put a bearer token into ${TOKEN_ENV}.`)
  }
  return text
}
