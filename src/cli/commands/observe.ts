/** `doorbuster observe`: the live page of a run, in a browser. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { integerAtLeast } from '../options.ts'
import { shownPath } from '../shown-path.ts'

interface ObserveCommandOptions {
  readonly port: number
  readonly open: boolean
  readonly prometheus: boolean
}

const RESULTS = 'results'
const HIGHEST_PORT = 65_535

export function observeCommand(context: CommandContext): Command {
  return new Command('observe')
    .description('show a run as it goes on, or how it went, on a page in the browser; Ctrl-C ends it')
    .argument('[rundir]', `folder of a run (default: the newest under ${RESULTS}/, then each that begins)`)
    .option('--port <n>', 'port of the page, on this machine only; 0 is any', integerAtLeast(0, HIGHEST_PORT), 0)
    .option('--no-open', 'say where the page is, and open no browser')
    .option('--no-prometheus', 'start no Prometheus, although one is on the PATH')
    .addHelpText('after', '\nExamples:\n  doorbuster observe\n  doorbuster observe results/<run> --no-open\n')
    .action(async (directory: string | undefined, options: ObserveCommandOptions) => {
      context.saysWhenStopped('stopping: the page is served no more (runs are not touched)')
      await serve(context, directory, options)
    })
}

/** Nobody measures anything here: to be stopped is its usual end, and none to warn of. */
async function serve(
  context: CommandContext,
  directory: string | undefined,
  { port, open, prometheus }: ObserveCommandOptions,
): Promise<void> {
  const { terminal, env, signal } = context
  const { observeRuns } = await import('../../run/observe-runs.ts')
  const { openBrowser } = await import('../../observe/index.ts')
  let beside: Promise<AsyncDisposable | null> | null = null
  try {
    await observeRuns({
      from: directory === undefined ? { resultsRoot: RESULTS } : { directory },
      port,
      signal,
      observer: {
        serving(url) {
          terminal.say(`the live page: ${url}`)
          if (directory === undefined) terminal.say(`it shows the newest run under ${RESULTS}/, and each that begins`)
          if (open) void openBrowser(url, env).then((reason) => reason !== null && terminal.say(`note: ${reason}`))
          if (prometheus) beside = prometheusBeside(context)
        },
        following: (path) => terminal.say(`showing ${shownPath(path)}`),
        missing: (sentence) => terminal.say(`note: ${sentence}`),
      },
    })
  } finally {
    await (await (beside as Promise<AsyncDisposable | null> | null))?.[Symbol.asyncDispose]()
  }
}

/** An addition: where it can't be had, the page does without. */
async function prometheusBeside({ terminal, env, signal }: CommandContext): Promise<AsyncDisposable | null> {
  const { findPrometheus, PROMETHEUS_CONFIG, startPrometheus, USUAL_PORT } = await import(
    '../../run/observe-prometheus.ts'
  )
  const program = findPrometheus(env)
  if (program === null || !existsSync(PROMETHEUS_CONFIG)) return null
  const dataFolder = join(RESULTS, 'prometheus')
  try {
    const options = { program, config: PROMETHEUS_CONFIG, dataFolder, preferredPort: USUAL_PORT, signal }
    const prometheus = await startPrometheus(options)
    terminal.say(`Prometheus: ${prometheus.url}, for runs with --metrics-port 9464 (data in ${dataFolder}/)`)
    return prometheus
  } catch (error) {
    if (!signal.aborted) terminal.say(`note: there is no Prometheus beside it: ${(error as Error).message}`)
    return null
  }
}
