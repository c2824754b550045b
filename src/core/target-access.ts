/**
 * What reaches a described target beside the load: its HTTP interface, its stores, commands. Types alone: src/target
 * makes one for a run, and the run hands it to whoever opens, settles or audits.
 *
 * Whatever fails there is a HarnessError whose message names the place without its password, and holds no secret.
 */
import type { RequestTemplate, TextTemplate } from './buyer-protocol.ts'
import type { TemplateValue } from './fill-template.ts'
import type { Answer } from './locate.ts'
import type { ShellCommand, SqlStore } from './target-descriptor.ts'

/** What templates are filled with beside `env.NAME`: `sku`, `runId`, `stock`, ... To commands, they are SKU, RUN_ID, STOCK. */
export type NamedValues = Readonly<Record<string, TemplateValue>>

export interface TargetAccess {
  /** Filled in, without a trailing slash. */
  readonly baseUrl: string
  /** The text, with `***` in place of every secret. */
  readonly redact: (text: string) => string
  /** Throws HarnessError USAGE for a name that isn't among the values. */
  readonly fill: (template: TextTemplate, values: NamedValues) => string
  /** How messages name what a request is sent to: `GET http://127.0.0.1:8080/orders`. */
  describe(request: RequestTemplate, values: NamedValues): string
  /**
   * Sends it behind the base URL. Redirects are not followed: an answer of 3xx is an answer.
   * Throws HarnessError TARGET_UNREACHABLE when none came within the deadline, TARGET_FAILED when it is too long,
   * INTERRUPTED when the signal came first.
   */
  send(request: RequestTemplate, values: NamedValues, options?: SendOptions): Promise<Answer & { readonly url: string }>
  /** Throws HarnessError SERVICE_FAILED, as all that is done in the session does. */
  sql(store: SqlStore, mode: 'read' | 'write'): Promise<SqlSession>
  /** Likewise. */
  redis(url: TextTemplate): Promise<RedisSession>
  /**
   * Runs a command to its end. Returns what it wrote to standard output.
   * Throws HarnessError SERVICE_FAILED: it could not be run, left with another code than 0, took too long, wrote too much;
   * INTERRUPTED when the signal came first.
   */
  run(command: ShellCommand, values: NamedValues, signal?: AbortSignal): Promise<string>
}

export interface SendOptions {
  /** In place of the request's own path: a URL of the same origin, as it is, without the base URL's path. */
  readonly url?: string
  readonly deadlineMs?: number
  readonly maxBytes?: number
  readonly signal?: AbortSignal
  /** Called when it is being written to a connection: until then the target can't know of it. Perhaps more than once. */
  readonly onSent?: () => void
  /** Called when the head of its answer is here. */
  readonly onAnswer?: () => void
}

/** Numbers are in decimal text where a double might not hold them. */
export type SqlCell = string | number | null

export interface SqlRows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly SqlCell[])[]
}

/** One connection. Mode `read`: a transaction that can't write, all of whose queries see one moment. */
export interface SqlSession extends AsyncDisposable {
  /** Placeholders are bound parameters. The result is held whole: for few rows. */
  query(statement: TextTemplate, values: NamedValues): Promise<SqlRows>
  /** In `read` mode. Rows in parts, in order; none at all: called once, with no row. Returns the number of rows. */
  stream(query: TextTemplate, values: NamedValues, onRows: (part: SqlRows) => void): Promise<number>
}

export interface RedisSession extends AsyncDisposable {
  /** Texts, integers, null, and lists of these. */
  call(command: string, ...parameters: readonly string[]): Promise<unknown>
}

/** TLS options with their files read in. Plain data, so that it can cross to other threads. */
export interface TlsMaterial {
  /** PEM. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
  /** Takes any certificate. */
  readonly insecure: boolean
}
