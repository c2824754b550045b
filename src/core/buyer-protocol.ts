/**
 * How a buyer talks to a target, as plain data: requests to be filled in, and what each answer means for the sale. The
 * reference contract is one of these, a service of the user's own is described by another; every engine speaks either.
 */

/**
 * What a template can be filled with: `sku`, `userId`, `userNumber`, `requestId`, `requestUuid`, `quantity`, `ticket` (of
 * a poll), `env.NAME` (a secret), `buyer.COLUMN` (from the pool of buyers). In requests of the run itself also `stock`,
 * `limit`, `runId`.
 */
export type PlaceholderName = string

/** How a value is written where it is put. */
export type Escaping =
  /** As it is: headers, plain bodies. */
  | 'plain'
  /** Percent-encoded (RFC 3986, everything but unreserved characters): paths, queries, forms. */
  | 'url'
  /** Inside a JSON string: escaped, without quotes. */
  | 'json-text'
  /** In place of a whole JSON value: numbers stay numbers. */
  | 'json-value'

export type TemplatePart = string | { readonly value: PlaceholderName; readonly as: Escaping }

/** Literal text and placeholders, in order. */
export type TextTemplate = readonly TemplatePart[]

export interface RequestTemplate {
  /** In capitals. */
  readonly method: string
  /** Behind the base URL: begins with `/`, query included. */
  readonly path: TextTemplate
  /** Names in lower case. Content-type is among them where there is a body. */
  readonly headers: readonly { readonly name: string; readonly value: TextTemplate }[]
  readonly body: TextTemplate | null
}

/** Where a value stands in an answer. */
export type Locator =
  /** RFC 6901; the empty pointer is the whole document. */
  | { readonly in: 'json'; readonly pointer: string }
  /** First value of the header; lower case. */
  | { readonly in: 'header'; readonly name: string }
  /** Of several that are set by one name, the last. */
  | { readonly in: 'cookie'; readonly name: string }
  /** First capture group of the pattern (JavaScript, flag u), or all that it matches; in the first 64 KiB of the body. */
  | { readonly in: 'body'; readonly pattern: string }
  /** The request id itself: for services whose orders are named by it. */
  | { readonly in: 'requestId' }

export type JsonScalar = string | number | boolean | null

/** Of the value at a locator; one that isn't there satisfies only `exists: false`. */
export type ValueTest =
  /** In JSON of the same type too; elsewhere all is text. */
  | { readonly oneOf: readonly JsonScalar[] }
  /** A text, or a number as text. */
  | { readonly matches: string }
  | { readonly exists: boolean }

/** All that is given must hold. */
export interface OutcomeRule {
  /** Inclusive ranges of the HTTP status; null: any. */
  readonly status: readonly { readonly from: number; readonly to: number }[] | null
  readonly where: readonly { readonly at: Locator; readonly is: ValueTest }[]
  readonly then: RuledOutcome
  /** As messages name it: "outcomes[2]". */
  readonly label: string
}

export type RuledOutcome =
  /** `orderId: null`: the answer doesn't hold it. */
  | { readonly kind: 'sold'; readonly orderId: Locator | null }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'limitReached' }
  /** Surely not sold. */
  | { readonly kind: 'refused'; readonly code: CodeOfAnswer }
  /** May have sold. */
  | { readonly kind: 'unknown'; readonly code: CodeOfAnswer }
  /** Decided later: asked after with this ticket, or, in an answer to a poll, with the one before. */
  | { readonly kind: 'queued'; readonly ticket: Locator | null }

/** A fixed code, or one that stands in the answer; where that is missing or no code (`[A-Za-z0-9_.:-]{1,64}`): HTTP_<status>. */
export type CodeOfAnswer = { readonly fixed: string } | { readonly at: Locator } | 'HTTP_STATUS'

export interface BuyerProtocol {
  readonly buy: RequestTemplate
  /** First rule that holds counts; an answer that none fits is unknown{NO_RULE}. */
  readonly outcomes: readonly OutcomeRule[]
  /** null: buyers can't ask after the stock. */
  readonly read: ReadProtocol | null
  /** null: every answer is final. */
  readonly poll: PollProtocol | null
}

export interface ReadProtocol {
  readonly request: RequestTemplate
  /** Statuses of an answer that shows the stock. */
  readonly status: readonly { readonly from: number; readonly to: number }[]
  /**
   * A whole number, or a text that is one. Where it isn't there, or under another status: unknown{NO_RULE}; but a 4xx is
   * refused{HTTP_4xx}, a 3xx or 5xx unknown{HTTP_5xx}, since a read sells nothing.
   */
  readonly stock: Locator
}

export interface PollProtocol {
  /** May hold `{{ticket}}`. */
  readonly request: RequestTemplate
  readonly everyMs: number
  /** From the answer that queued the buy; past it the buy is unknown{STILL_QUEUED}. */
  readonly deadlineMs: number
  /** As of a buy: an answer that none fits is final too. One that doesn't come is asked for again. */
  readonly outcomes: readonly OutcomeRule[]
}

/** The code of an answer that no rule fits. */
export const NO_RULE = 'NO_RULE'
/** The code of a buy whose poll came to no end. */
export const STILL_QUEUED = 'STILL_QUEUED'

/** Who the buyers are to the target. */
export interface BuyerIdentities {
  /** User n is `<prefix>n`, unless the pool says otherwise. */
  readonly userIdPrefix: string
  /** Row n is buyer n: columns by name, `userId` among them where the service has its own names. null: no pool. */
  readonly pool: readonly Readonly<Record<string, string>>[] | null
}

export const DEFAULT_IDENTITIES: BuyerIdentities = { userIdPrefix: 'u', pool: null }
