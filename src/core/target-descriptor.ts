/**
 * A service of the user's own, as its descriptor says: what a run has to know to open a sale on it, buy, settle, and
 * read what was really sold. Resolved: every default filled in, every unit in its name. Secrets are no part of it: a
 * text that needs one holds `{{env.NAME}}`, and whoever uses the text fills it in.
 */
import type { BuyerProtocol, Locator, OutcomeRule, RequestTemplate, TextTemplate } from './buyer-protocol.ts'
import type { TargetPromise } from './promise.ts'

export interface TargetDescriptor {
  readonly name: string
  readonly description: string
  /** Folder of the descriptor's file: what it names by a relative path stands there. */
  readonly folder: string
  /** Scheme, host, port, and perhaps a path, without a trailing slash. */
  readonly url: TextTemplate
  /** Sent with every request; one that a request gives itself wins. */
  readonly headers: RequestTemplate['headers']
  readonly tls: TlsOptions | null
  /** How the run starts it; null: it runs already. */
  readonly start: StartedBy | null
  /** In place of SIGTERM to what was started, or, without `start`, after the run; null: nothing. */
  readonly stop: ShellCommand | null
  /** CPU of what runs elsewhere: none of it is this machine's. */
  readonly resources: readonly ResourceProbe[]
  readonly promise: TargetPromise
  /** Units that one user may have, whatever the scenario says; null: the scenario's limit, if `open` tells it. */
  readonly perUserLimit: number | null
  /** What a `sold` answer means to the buyer; said in reports. */
  readonly soldMeans: 'paid' | 'reserved' | 'queued'
  /** Others sell from the same stock meanwhile. */
  readonly shared: boolean
  /** SKUs that the scenario's stand for, by their order; null: the scenario's own names. */
  readonly skus: readonly string[] | null
  /** Units at the opening, where nothing can be asked; null: as opened, or as the auditor reads. */
  readonly initialStock: number | null
  /** null: nothing opens a sale; all steps are one. */
  readonly open: readonly Action[] | null
  /** Which terms of the scenario `open` hands on. A shell command may use the stock unseen: it counts as told. */
  readonly tells: { readonly stock: boolean; readonly limit: boolean }
  readonly settle: readonly SettleAction[]
  readonly close: readonly Action[]
  readonly buyers: BuyersSource
  readonly protocol: BuyerProtocol
  /** null: nothing can be read; only what buyers were told is judged. */
  readonly ledger: LedgerDescription | null
  /** Requests per second at most, whatever the scenario asks; null: no cap. */
  readonly maxRatePerSec: number | null
  /** Reads sent before the first step, so that connections stand and code is hot; 0: none. */
  readonly warmUpMs: number
  /** null: a race can't hold its store calls, since nobody says how it finds its stores. */
  readonly race: RaceDescription | null
}

interface RaceDescription {
  /** Environment variables of what `start` starts -> URLs of the stores to which they lead. A race leads them through gates. */
  readonly stores: Readonly<Record<string, TextTemplate>>
  /** It has to do nothing for so long before it counts as idle; 0: a moment will do. */
  readonly quietMs: number
}

export interface TlsOptions {
  /** PEM files, relative to the descriptor. */
  readonly caFile: string | null
  readonly certFile: string | null
  readonly keyFile: string | null
  readonly serverName: string | null
  /** Takes any certificate. */
  readonly insecure: boolean
}

export interface ShellCommand {
  /** A list is run as it is; a text by `sh -c`. */
  readonly command: string | readonly string[]
  /** Relative to the descriptor. */
  readonly cwd: string
  readonly env: Readonly<Record<string, TextTemplate>>
  readonly deadlineMs: number
}

export type StartedBy =
  | ({ readonly by: 'command' } & ShellCommand & { readonly ready: Readiness })
  | {
      readonly by: 'image'
      readonly image: string
      /** Of the container; published on the loopback port that the base URL names. */
      readonly port: number
      readonly env: Readonly<Record<string, TextTemplate>>
      readonly command: readonly string[] | null
      readonly deadlineMs: number
      readonly ready: Readiness
    }

/** Any status below 500 of a GET is ready; without a path, a connection is. */
export interface Readiness {
  /** Behind the base URL. */
  readonly path: string | null
}

/** One thing whose CPU seconds are read before and after each step. */
export interface ResourceProbe {
  readonly name: string
  /** Cores that it may use; null: not known. */
  readonly capacityCores: number | null
  readonly by: /** An instant query whose result is one number of CPU seconds. */
    | { readonly kind: 'promql'; readonly prometheusUrl: TextTemplate; readonly query: string }
    /** Prints CPU seconds, and behind them, if it likes, bytes of memory. */
    | { readonly kind: 'command'; readonly command: ShellCommand }
}

/** What the run does to the target beside the load. Templates may hold `sku`, `stock`, `limit`, `runId`, `env.NAME`. */
export type Action =
  /** Any 2xx is a success. */
  | { readonly kind: 'request'; readonly request: RequestTemplate }
  | { readonly kind: 'sql'; readonly store: SqlStore; readonly statements: readonly TextTemplate[] }
  /** Command and arguments, a template each: `["SET", "stock:{{sku}}", "{{stock}}"]`. */
  | { readonly kind: 'redis'; readonly url: TextTemplate; readonly commands: readonly (readonly TextTemplate[])[] }
  | { readonly kind: 'shell'; readonly command: ShellCommand }

/** Repeated until it says that nothing is pending, or its deadline has passed. */
export interface SettleAction {
  readonly action: Action
  /** Of a request: the answer by which all is settled; null: any 2xx. */
  readonly until: Pick<OutcomeRule, 'status' | 'where'> | null
  readonly everyMs: number
  readonly deadlineMs: number
}

export interface SqlStore {
  readonly engine: 'postgres' | 'mysql'
  readonly url: TextTemplate
}

export interface BuyersSource {
  readonly userIdPrefix: string
  readonly pool: PoolSource | null
}

export type PoolSource =
  /** A header line names the columns. */
  | { readonly kind: 'csv'; readonly file: string }
  /** Each of `count` buyers logs in before the first step: what is taken of the answers are the columns. */
  | {
      readonly kind: 'login'
      readonly count: number
      /** May hold `userId`, `userNumber`. */
      readonly request: RequestTemplate
      readonly take: Readonly<Record<string, Locator>>
    }

/** Where an auditor finds what was really sold. Queries may hold `{{sku}}` and `{{runId}}`. */
export interface LedgerDescription {
  readonly orders: OrdersSource
  /** Units left; null: nobody says. */
  readonly remaining: NumberSource | null
}

/** Names in what is read -> our names. A member that is null: it isn't there. */
export interface OrderColumns {
  readonly orderId: string
  readonly requestId: string | null
  readonly userId: string | null
  /** null: each order is of one unit. */
  readonly quantity: string | null
  /** Nobody named them: but for the order id, those that aren't there are left out. Absent: each has to be there. */
  readonly areGuessed?: boolean
}

export type OrdersSource =
  /** In SQL, `{{sku}}` is a bound parameter, never spliced. */
  | { readonly kind: 'sql'; readonly store: SqlStore; readonly query: TextTemplate; readonly columns: OrderColumns }
  | {
      readonly kind: 'redis'
      readonly url: TextTemplate
      readonly key: TextTemplate
      /**
       * list, set: each member an order; stream: each entry; hash: each field, whose name is the column `key` and whose
       * value is `value` (where it is a JSON object, its members too, those two by pointer). Members that are JSON objects have columns by
       * name; of a plain text the only column is `value`.
       */
      readonly structure: 'list' | 'set' | 'stream' | 'hash'
      readonly columns: OrderColumns
    }
  | {
      readonly kind: 'http'
      readonly request: RequestTemplate
      readonly format: 'json' | 'ndjson'
      /** JSON: where the list stands. */
      readonly items: string
      /** JSON: where the path or URL of the next page stands; null: one page. */
      readonly nextPage: string | null
      readonly columns: OrderColumns
    }
  /** Prints JSON (a list) or NDJSON. */
  | { readonly kind: 'shell'; readonly command: ShellCommand; readonly columns: OrderColumns }

export type NumberSource =
  | { readonly kind: 'sql'; readonly store: SqlStore; readonly query: TextTemplate }
  /** A command whose reply is a whole number, or a text that is one. */
  | { readonly kind: 'redis'; readonly url: TextTemplate; readonly command: readonly TextTemplate[] }
  | { readonly kind: 'http'; readonly request: RequestTemplate; readonly at: Locator }
  | { readonly kind: 'shell'; readonly command: ShellCommand }
