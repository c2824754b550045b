/** `doorbuster serve`: the reference server with its stores, kept until it is told to stop. */
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { ADMIN_TOKEN_ENV, ID_PATTERN, MAX_STOCK } from '../../core/wire.ts'
import type { ServedSale } from '../../run/served-descriptor.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import {
  appendfsyncOption,
  instancesOption,
  integerAtLeast,
  jsonOption,
  servicesOption,
  synchronousCommitOption,
  yesOption,
} from '../options.ts'
import { shownPath } from '../shown-path.ts'
import { chooseStrategy } from '../strategy-choice.ts'

const LOOPBACK = '127.0.0.1'
const MAX_PORT = 65_535
const MAX_LIMIT = 1_000_000

interface ServeCommandOptions extends ServiceSettings {
  readonly strategy?: string
  readonly sku?: string
  readonly stock?: number
  readonly perUserLimit?: number | null
  readonly port: number
  readonly host: string
  readonly publicUrl?: string
  readonly descriptor?: string
  readonly instances: number
  readonly services: ServicesMode
  readonly json?: true
}

export function serveCommand(context: CommandContext): Command {
  const { terminal } = context
  return new Command('serve')
    .description('start the reference server with its stores, say in one JSON line where it is, and keep it')
    .option('--strategy <name|file>', 'the strategy to sell by: see `doorbuster list strategies`, or ./mine.ts')
    .option('--sku <sku>', 'open a sale of it, with --stock', sku)
    .option('--stock <units>', 'units that the sale opens with', integerAtLeast(0, MAX_STOCK))
    .option('--per-user-limit <units>', 'units that one user may have', integerAtLeast(1, MAX_LIMIT))
    .option('--port <n>', 'port to listen on (0: any that is free)', integerAtLeast(0, MAX_PORT), 0)
    .option('--host <address>', 'address to listen on', LOOPBACK)
    .option('--public-url <url>', 'how others reach it, where that is not the address that it listens on', url)
    .option('--descriptor <file>', 'where to write the descriptor that `run --target` takes', fileName)
    .addOption(instancesOption())
    .addOption(servicesOption())
    .addOption(yesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Ctrl-C or SIGTERM ends it, with exit code 0, and takes away what it started.
${ADMIN_TOKEN_ENV} in the environment is its admin token; without, one is made.

Examples:
  doorbuster serve --strategy atomic-update
  doorbuster serve --strategy redis-lua --sku red-42 --stock 100 --per-user-limit 2 --port 3000
`,
    )
    .action(async (options: ServeCommandOptions) => {
      terminal.quiet = options.json === true
      const sale = saleOf(options)
      const { description, module } = await chooseStrategy(options.strategy)
      const { serve } = await import('../../run/serve.ts')
      context.saysWhenStopped('stopping (once more to leave at once)')
      const { instances, host, port, publicUrl, services, synchronousCommit, appendfsync } = options
      await serve(
        {
          strategy: description,
          strategyModule: module,
          instances,
          servicesMode: services,
          settings: { synchronousCommit, appendfsync },
          host,
          port,
          publicUrl,
          adminToken: adminTokenOf(context.env),
          sale,
          descriptorPath: options.descriptor === undefined ? undefined : resolve(options.descriptor),
          signal: context.signal,
          env: context.env,
          onWait: (what) => terminal.say(`${what} ...`),
        },
        (line) => {
          terminal.print(JSON.stringify(line))
          terminal.say(`${line.strategy} sells at ${line.url} until Ctrl-C; ${shownPath(line.descriptor)} describes it`)
        },
      )
    })
}

/** null: none is to be opened. */
function saleOf({ sku: name, stock, perUserLimit = null }: ServeCommandOptions): ServedSale | null {
  if (name !== undefined && stock !== undefined) return { sku: name, stock, perUserLimit }
  if (name !== undefined) throw new HarnessError('USAGE', { message: '--sku opens a sale, and needs --stock' })
  if (stock === undefined && perUserLimit === null) return null
  const unheard = stock === undefined ? '--per-user-limit' : '--stock'
  throw new HarnessError('USAGE', { message: `${unheard} says nothing without --sku: of which sale?` })
}

/** What the server takes as a token. */
const TOKEN = /^[\x21-\x7e]{16,256}$/

function adminTokenOf(env: CommandContext['env']): string | undefined {
  const token = env[ADMIN_TOKEN_ENV]
  if (token === undefined || token === '' || TOKEN.test(token)) return token || undefined
  throw new HarnessError('USAGE', { message: `${ADMIN_TOKEN_ENV} must hold 16 to 256 printable characters` })
}

function sku(text: string): string {
  if (new RegExp(ID_PATTERN).test(text)) return text
  throw new InvalidArgumentError('It must be 1 to 64 letters, digits, dots, colons, hyphens and underscores.')
}

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a file.')
  return text
}

function url(text: string): string {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) return text.replace(/\/+$/, '')
  throw new InvalidArgumentError('It must be a URL that begins with http:// or https://.')
}
