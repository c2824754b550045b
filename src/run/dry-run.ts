/**
 * One read and one buy on a described target, each shown with its answer and the rule that fits, and its ledger before and
 * after: what its descriptor says, tried out before a load makes thousands of the same mistake.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { BuyerProtocol, Locator, OutcomeRule, RequestTemplate } from '../core/buyer-protocol.ts'
import type { DryRunBook, DryRunExchange, DryRunReport } from '../core/dry-run.ts'
import { HarnessError } from '../core/errors.ts'
import { userIdOf } from '../core/history.ts'
import type { LedgerOrder } from '../core/ledger.ts'
import { type Answer, fits } from '../core/locate.ts'
import { requestBaseOf } from '../core/request-target.ts'
import type { SaleTerms, Scenario, StepPlan } from '../core/scenario.ts'
import type { NamedValues } from '../core/target-access.ts'
import { formatCount } from '../core/units.ts'
import { readBaseline, readDescribedLedger } from '../ledger/index.ts'
import { NOT_UNDERSTOOD } from '../load/classify-response.ts'
import { type Classifier, createClassifier } from '../load/protocol/index.ts'
import { planStep } from '../scenario/index.ts'
import { acquireServices } from '../services/index.ts'
import { answerWords } from './answer-words.ts'
import { receivedAnswer, valuesOfBuy } from './described-request.ts'
import type { DescribedService } from './described-target.ts'
import { newRunId } from './run-id.ts'
import { type DescribedChoice, startDescribed } from './start-described.ts'

const SETTLE_DEADLINE_MS = 30_000
const SHOWN_CHARACTERS = 300
/** Secrets are looked for in so much, so that none is cut in two at the end of what is shown. */
const SEARCHED_CHARACTERS = 8_192
const USER = 0
const BUY = 0

export interface DryRunOptions {
  readonly choice: DescribedChoice
  /** Says with how many units the sale is opened, and the limit. */
  readonly scenario: Scenario
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Throws HarnessError where the target can't be started, reached, opened or audited. */
export async function dryRun({ choice, scenario, env, signal }: DryRunOptions): Promise<DryRunReport> {
  const runId = newRunId()
  const settings = { synchronousCommit: 'on', appendfsync: 'everysec' } as const
  const services = await acquireServices({ needs: [], mode: 'auto', settings, runId, env, signal })
  try {
    // One buy and one read are above no cap; and the read is sent where there is one.
    const buyers = { ...scenario.buyers, readShare: 0 }
    const few = { ...scenario, buyers, steps: [{ ...scenario.steps[0]!, arrivalRatePerSec: Number.MIN_VALUE }] }
    const start = { choice, runId, scenario: few, model: 'open' as const, env, processes: services.processes, signal }
    const target = await startDescribed(start)
    try {
      const report = await new DryRun(target, target.fit({ ...scenario, buyers }), `${runId}-1-`, signal).toTheEnd()
      if (signal.aborted) throw interrupted()
      return report
    } finally {
      await target[Symbol.asyncDispose]()
    }
  } catch (error) {
    // What fails after an interruption failed because of it.
    throw signal.aborted ? interrupted(error) : error
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

function interrupted(cause?: unknown): HarnessError {
  return new HarnessError('INTERRUPTED', { message: 'interrupted during the dry run', cause })
}

type Meaning = ReturnType<Classifier['buy']> | null

class DryRun {
  readonly #target: DescribedService
  readonly #scenario: Scenario
  readonly #requestIdPrefix: string
  readonly #signal: AbortSignal
  readonly #classifier: Classifier
  readonly #exchanges: DryRunExchange[] = []
  readonly #headersLookedAt: readonly string[]
  /** Why a ledger could not be read. */
  readonly #unread: string[] = []

  constructor(target: DescribedService, scenario: Scenario, requestIdPrefix: string, signal: AbortSignal) {
    this.#target = target
    this.#scenario = scenario
    this.#requestIdPrefix = requestIdPrefix
    this.#signal = signal
    this.#classifier = createClassifier(
      target.parts.descriptor.protocol,
      undefined,
      requestBaseOf(target.parts.access.baseUrl),
    )
    this.#headersLookedAt = headersIn(target.parts.descriptor.protocol)
  }

  async toTheEnd(): Promise<DryRunReport> {
    const { sale: terms } = this.#scenario
    const whole = this.#target.adapt(planStep(this.#scenario, 0))
    const plan = { ...whole, sales: whole.sales.slice(0, 1) }
    try {
      await this.#target.openSales(plan, terms)
      const report = await this.#tryOut(plan, terms)
      const failure = await this.#endSales()
      return failure === null ? report : { ...report, problems: [...report.problems, failure] }
    } catch (error) {
      await this.#endSales()
      throw error
    }
  }

  /** Why that failed; null: it didn't, or nothing is open any more. */
  async #endSales(): Promise<string | null> {
    try {
      await this.#target.endSales()
      return null
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      return error.message
    }
  }

  async #tryOut(plan: StepPlan, terms: SaleTerms): Promise<DryRunReport> {
    const { descriptor, access, runId } = this.#target.parts
    const { sku } = plan.sales[0]!
    const { ledger } = descriptor
    const book = { ledger: ledger!, access, sku, runId }
    const before = ledger === null ? null : await this.#read(() => readBaseline(book))
    const { read } = descriptor.protocol
    if (read !== null) await this.#look(read.request, sku)
    const meaning = await this.#buy(sku)
    const settled = (await this.#read(() => this.#target.settle(plan, terms, SETTLE_DEADLINE_MS))) ?? false
    const after =
      before === null
        ? null
        : await this.#read(() =>
            readDescribedLedger({
              ...book,
              stepIndex: 0,
              settled,
              shownAfterSettling: null,
              exclude: before.orderIds,
              identities: this.#target.described.identities,
              requestIdPrefix: this.#requestIdPrefix,
            }),
          )
    return {
      schema: 'doorbuster.dry-run/1',
      target: descriptor.name,
      url: this.#target.record.url,
      sku,
      exchanges: this.#exchanges,
      ledger:
        ledger === null
          ? null
          : {
              before: before && { orders: before.orderIds.size, remaining: before.remaining },
              after: before && after && bookAfter(before.orderIds.size, after.orders, after.remainingStock),
              settled,
            },
      newOrders: after?.orders ?? null,
      problems: this.#problems(meaning, after?.orders ?? null),
      notes: this.#target.takeNotes(),
    }
  }

  /** null: it could not be read, and why is a problem. */
  async #read<T>(read: () => Promise<T>): Promise<T | null> {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof HarnessError) || this.#signal.aborted) throw error
      this.#unread.push(error.message)
      return null
    }
  }

  async #look(template: RequestTemplate, sku: string): Promise<void> {
    const { status, ...read } = this.#target.parts.descriptor.protocol.read!
    const { answer, ...exchange } = await this.#send(template, this.#values(sku))
    const shown = answer === null ? null : this.#classifier.read(receivedAnswer(answer, ''))
    const isShown = shown?.kind === 'shown'
    const place = read.stock.in === 'json' ? read.stock.pointer : read.stock.in
    this.#exchanges.push({
      kind: 'read',
      ...exchange,
      answer: this.#shown(answer),
      rule: isShown ? 'read' : null,
      meaning: isShown
        ? `shows ${formatCount(shown.stock)}`
        : answer === null
          ? 'no answer'
          : `shows nothing: no whole number at ${place} of an answer with status ${status.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(', ')}`,
    })
  }

  /** What it came to in the end; null: there was no answer. */
  async #buy(sku: string): Promise<Meaning> {
    const { protocol } = this.#target.parts.descriptor
    const values = this.#values(sku)
    let meaning = await this.#ask('buy', protocol.buy, protocol.outcomes, values)
    const { poll } = protocol
    if (poll === null) return meaning
    const deadline = performance.now() + poll.deadlineMs
    while (meaning?.kind === 'queued' && performance.now() < deadline && !this.#signal.aborted) {
      await delay(poll.everyMs)
      meaning = await this.#ask('poll', poll.request, poll.outcomes, { ...values, ticket: meaning.ticket })
    }
    return meaning
  }

  async #ask(
    kind: 'buy' | 'poll',
    template: RequestTemplate,
    rules: readonly OutcomeRule[],
    values: NamedValues,
  ): Promise<Meaning> {
    const { answer, ...exchange } = await this.#send(template, values)
    const requestId = String(values['requestId'])
    const given = answer === null ? null : receivedAnswer(answer, requestId)
    const ticket = typeof values['ticket'] === 'string' ? values['ticket'] : ''
    const meaning =
      given === null ? null : kind === 'buy' ? this.#classifier.buy(given) : this.#classifier.poll(given, ticket)
    const rule = answer === null ? undefined : rules.find((one) => fits(one, answer))
    const last = this.#exchanges.at(-1)
    // A queue that is asked after a hundred times is shown once.
    if (kind === 'poll' && last?.kind === 'poll' && meaning?.kind === 'queued') this.#exchanges.pop()
    this.#exchanges.push({
      kind,
      ...exchange,
      answer: this.#shown(answer),
      rule: rule?.label ?? null,
      meaning: this.#target.parts.access.redact(answerWords(meaning)),
    })
    return meaning
  }

  async #send(
    template: RequestTemplate,
    values: NamedValues,
  ): Promise<Omit<DryRunExchange, 'kind' | 'rule' | 'meaning' | 'answer'> & { answer: Answer | null }> {
    const { access, descriptor } = this.#target.parts
    const masked = (text: string): string => access.redact(text)
    const shown = maskedBuyers(values)
    const request = {
      line: access.describe(template, shown),
      headers: [...descriptor.headers, ...template.headers].map(({ name, value }) =>
        masked(`${name}: ${access.fill(value, shown)}`),
      ),
      body: template.body === null ? null : masked(access.fill(template.body, shown)),
    }
    try {
      const answer = await access.send(template, values, { signal: this.#signal })
      return { request, answer, failure: null }
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      if (this.#signal.aborted) throw error
      return { request, answer: null, failure: masked(error.message) }
    }
  }

  #shown(answer: Answer | null): DryRunExchange['answer'] {
    if (answer === null) return null
    const body = this.#target.parts.access.redact(answer.body.slice(0, SEARCHED_CHARACTERS))
    const shown = body.length > SHOWN_CHARACTERS ? `${body.slice(0, SHOWN_CHARACTERS)}...` : body
    return { status: answer.status, headers: this.#headersOf(answer), body: shown }
  }

  #headersOf(answer: Answer): string[] {
    const { access } = this.#target.parts
    return this.#headersLookedAt.flatMap((name) =>
      answer.header(name).map((value) => access.redact(`${name}: ${value}`)),
    )
  }

  #values(sku: string): NamedValues {
    const one = { sku, user: USER, requestIdPrefix: this.#requestIdPrefix, buy: BUY }
    return valuesOfBuy(this.#target.described.identities, one)
  }

  #problems(meaning: Meaning, orders: readonly LedgerOrder[] | null): string[] {
    const problems = [...new Set(this.#unread)]
    for (const { kind, rule, answer, failure } of this.#exchanges) {
      if (failure !== null) problems.push(`the ${kind} had no answer: ${failure}`)
      else if (rule === null && kind === 'read')
        problems.push('the answer to the read shows no stock: look at `read.stock` and `read.status`')
      else if (rule === null)
        problems.push(`no rule fits the answer to the ${kind} (status ${answer?.status}): it would count as unknown`)
    }
    if (meaning?.kind === 'queued') problems.push('the buy was still queued at the deadline of `poll`')
    if (meaning?.kind !== 'sold') {
      if (isMisunderstood(meaning)) problems.push(this.#wordsOfMissing())
      else if (meaning !== null && problems.length === 0)
        problems.push(
          `the buy was not sold (${answerWords(meaning)}): is there stock, and is the buyer allowed to buy?`,
        )
      return problems
    }
    return [...problems, ...(orders === null ? [] : this.#problemsOfLedger(meaning.orderId, orders))]
  }

  /** Of the last answer, whose rule looked for something in vain. */
  #wordsOfMissing(): string {
    const { outcomes, poll } = this.#target.parts.descriptor.protocol
    const label = this.#exchanges.at(-1)?.rule ?? null
    const rules = this.#exchanges.at(-1)?.kind === 'poll' ? (poll?.outcomes ?? []) : outcomes
    return missingIn(rules.find((rule) => rule.label === label))
  }

  #problemsOfLedger(orderId: string | null, orders: readonly LedgerOrder[]): string[] {
    const requestId = `${this.#requestIdPrefix}${BUY}`
    const own = orders.find((order) => order.orderId === orderId || order.requestId === requestId)
    if (own === undefined) {
      return [
        orders.length === 0
          ? 'the buyer was told "sold", and the ledger shows no new order: look at `ledger.orders`, or the shop lost it'
          : `the buyer was told "sold", order ${orderId}; the ledger's new orders have other ids: look at \`ledger.columns\` and the rule's orderId`,
      ]
    }
    const problems: string[] = []
    if (orderId !== null && own.orderId !== orderId)
      problems.push(`the buyer was told order ${orderId}, the ledger calls it ${own.orderId}`)
    if (own.requestId !== null && own.requestId !== requestId)
      problems.push(`the request id sent was ${requestId}, the ledger has ${own.requestId}: look at \`ledger.columns\``)
    if (own.userId !== null && own.userId !== userIdOf(USER))
      problems.push(`the ledger has the order under the user ${own.userId}, who didn't send it`)
    if (own.quantity !== 1) problems.push(`one unit was asked for, the ledger has ${own.quantity}`)
    return problems
  }
}

/** Names of headers at which rules look, and whence they take something. */
function headersIn({ outcomes, poll, read }: BuyerProtocol): string[] {
  const ofRules = [...outcomes, ...(poll?.outcomes ?? [])].flatMap(({ where, then }) => [
    ...where.map(({ at }) => at),
    ...('orderId' in then ? [then.orderId] : []),
    ...('ticket' in then ? [then.ticket] : []),
    ...('code' in then && typeof then.code === 'object' && 'at' in then.code ? [then.code.at] : []),
  ])
  const names = [...ofRules, read?.stock].map((at) =>
    at?.in === 'header' ? at.name : at?.in === 'cookie' ? 'set-cookie' : null,
  )
  return [...new Set(names.filter((name) => name !== null))]
}

/** What a pool holds may be as secret as what the environment does. */
function maskedBuyers(values: NamedValues): NamedValues {
  const masked = Object.entries(values).map(([name, value]) => [name, name.startsWith('buyer.') ? '***' : value])
  return Object.fromEntries(masked) as NamedValues
}

/** The likeliest mistake of a rule: that what it looks for stands elsewhere, or nowhere. */
export function missingIn(rule: OutcomeRule | undefined): string {
  if (rule?.then.kind === 'sold' && rule.then.orderId !== null) {
    return `${rule.label} fits, and there is no ${placeOf(rule.then.orderId)} in the answer that could be an order id (1 to 255 bytes)`
  }
  if (rule?.then.kind === 'queued' && rule.then.ticket !== null) {
    return `${rule.label} fits, and there is no ${placeOf(rule.then.ticket)} in the answer that could be a ticket; one that is itself a path begins with one / or is a URL of this target`
  }
  return `${rule?.label ?? 'a rule'} fits, but what it wants from the answer isn't there`
}

function placeOf(at: Locator): string {
  switch (at.in) {
    case 'json':
      return at.pointer === '' ? 'JSON text or number' : at.pointer
    case 'header':
    case 'cookie':
      return `${at.in} ${at.name}`
    case 'body':
      return `text like ${at.pattern}`
    case 'requestId':
      return 'request id'
  }
}

/** A rule fits, and what it says where to find isn't there. */
function isMisunderstood(meaning: Meaning): boolean {
  return meaning?.kind === 'unknown' && meaning.code === NOT_UNDERSTOOD
}

function bookAfter(before: number, orders: readonly LedgerOrder[], remaining: number | null): DryRunBook {
  return { orders: before + orders.length, remaining }
}
