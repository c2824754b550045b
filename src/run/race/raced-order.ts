/**
 * One order of events, from a fresh sale to its verdict: buyers come and their store calls are let through one at a time, as
 * whoever chooses says; then everything is let go, the sale is settled and judged on its history and its ledger.
 */
import type { CheckResult } from '../../core/check.ts'
import { HarnessError } from '../../core/errors.ts'
import { NO_ANSWER } from '../../core/failure-codes.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation } from '../../core/operation.ts'
import type { CrashSpot, Crowd as CrowdName, RaceStep, RaceTerms } from '../../core/race-record.ts'
import { formatQuantity } from '../../core/units.ts'
import { judgeSale } from '../../oracle/index.ts'
import { outcomeWords } from '../../report/outcome-words.ts'
import { BACKGROUND, type Choice, type Choose, type Executed, type ExecutedStep } from '../../race/choice.ts'
import type { StoreCall } from '../../race/store-call.ts'
import type { Crowd, LetGo, NamedCall, RaceController } from './race-controller.ts'
import type { BuyersAnswer, RacedSale, RacedTarget } from './raced-target.ts'

const SETTLE_DEADLINE_MS = 10_000
/** For a buyer who is inside while nothing stands before a gate: a deadlock that the store ends, a timer of the server. */
const NEWS_DEADLINE_MS = 5_000
/** From a connection that broke to the end of its process. */
const ENDS_WITHIN_MS = 500
/** Of a buyer who was told nothing. */
const NO_WORD: readonly string[] = [NO_ANSWER, 'CONNECT_FAILED']
/** Calls of loops that look for work, before a race begins. */
const CALLS_TO_REST = 200
const BY_TIME_ALONE =
  'goes on by time alone, and what others do in that time is not tried: say how long it may be, by race.quiet in a descriptor or context.span in a strategy'
const UNSETTLED = `the sale did not settle, for which it has ${SETTLE_DEADLINE_MS / 1_000} s, so nobody knows what was sold`
/** An order of two or three buyers has some dozens. */
const MOST_EVENTS = 2_000

export interface OrderParts {
  readonly target: RacedTarget
  readonly controller: RaceController
  readonly terms: Pick<RaceTerms, 'buyers' | 'crowd' | 'perUserLimit'>
}

export interface OrderOptions {
  /** Counted over all orders of the race, from 0. */
  readonly number: number
  readonly stock: number
  /** Whether the stores are asked for their stock after each event. */
  readonly observes: boolean
  /** Where the server is killed or a reply lost; null: nowhere. */
  readonly crash: CrashSpot | null
  /**
   * Whether the coming of a buyer and each reply are events of their own, as much may happen in the memory of the server
   * then. Not with a crash, which is tried where calls are made, in whole steps.
   */
  readonly memory: boolean
}

export interface RacedOrder extends Executed {
  readonly told: readonly RaceStep[]
  /** All of them; empty: it was left before its end. */
  readonly checks: readonly CheckResult[]
}

export function runOrder(parts: OrderParts, options: OrderOptions, choose: Choose): Promise<RacedOrder> {
  return new Order(parts, options).toItsEnd(choose)
}

/** What buyer n of a crowd is to the server. */
function identityOf(crowd: CrowdName, buyer: number): { readonly user: number; readonly request: number } {
  if (crowd === 'strangers') return { user: buyer, request: buyer }
  return { user: 1, request: crowd === 'one-user' ? buyer : 1 }
}

interface Buyer {
  readonly name: string
  readonly userNumber: number
  readonly requestId: string
  /** `queued`: told to ask later, which is when the sale settles. */
  state: 'absent' | 'inside' | 'queued' | 'answered'
  answer: BuyersAnswer | null
  readonly operations: Operation[]
}

class Order {
  readonly #parts: OrderParts
  readonly #options: OrderOptions
  readonly #buyers: Buyer[] = []
  readonly #steps: ExecutedStep[] = []
  readonly #told: RaceStep[] = []
  #sale: RacedSale = { sku: '', initialStock: 0, requestIdPrefix: '' }
  #waitedInside = false
  #noAnswer: string | null = null
  #offered: readonly NamedCall[] = []
  #operations = 0

  constructor(parts: OrderParts, options: OrderOptions) {
    this.#parts = parts
    this.#options = options
  }

  async toItsEnd(choose: Choose): Promise<RacedOrder> {
    const { target, controller, terms } = this.#parts
    const { number, stock } = this.#options
    this.#sale = await controller.letAllUntil(target.openSale(number, stock, terms.perUserLimit))
    await controller.letBackgroundRest(CALLS_TO_REST)
    for (let buyer = 1; buyer <= terms.buyers; buyer++) this.#buyers.push(this.#buyer(buyer))
    controller.begin(this.#crowd())
    const isWhole = await this.#race(choose)
    const shared = controller.sharedConnections
    target.refuseShared?.(shared)
    controller.end()
    await this.#untilAllAreAnswered()
    if (await this.#hasEnded()) throw endedByItself()
    const checks = isWhole ? await this.#judged() : []
    await controller.letAllUntil(target.closeSale(this.#sale.sku))
    await controller.letBackgroundRest(CALLS_TO_REST)
    return {
      steps: this.#steps,
      told: this.#told,
      failed: isWhole ? checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check) : null,
      end: isWhole ? this.#end : '',
      waitedInside: this.#waitedInside,
      noAnswer: this.#noAnswer,
      sells: this.#buyers.some(({ state, answer }) => state === 'queued' || answer?.outcome.kind === 'sold'),
      sharedConnections: shared,
      checks,
    }
  }

  #end = ''

  #buyer(number: number): Buyer {
    const { user, request } = identityOf(this.#parts.terms.crowd, number)
    return {
      name: `buyer ${number}`,
      userNumber: user,
      requestId: this.#sale.requestIdPrefix + request,
      state: 'absent',
      answer: null,
      operations: [],
    }
  }

  #crowd(): Crowd {
    return {
      inside: () => this.#buyers.filter(({ state }) => state === 'inside').map(({ name }) => name),
      markedBy: (call) => this.#buyers.filter((buyer) => holds(call, buyer.requestId)).map(({ name }) => name),
    }
  }

  /** False: it was left before its end. */
  async #race(choose: Choose): Promise<boolean> {
    for (let events = 0; events < MOST_EVENTS; events++) {
      const enabled = await this.#enabled()
      if (enabled.length === 0) return true
      const event = choose(enabled, this.#steps.at(-1) ?? null)
      if (event === null) return false
      const chosen = enabled.find((choice) => choice.event === event)
      if (chosen === undefined) throw new Error(`${event} was chosen, and is not offered`)
      const { crash } = this.#options
      if (crash !== null && crash.at === this.#steps.length) {
        await this.#crash(crash, chosen, enabled)
        return true
      }
      await this.#take(chosen, enabled)
    }
    throw new HarnessError('TARGET_FAILED', {
      message: `an order of events came to no end within ${MOST_EVENTS} calls of the stores`,
      hint: 'Does the server repeat a call without end? docs/race.md says what a race needs.',
    })
  }

  /** What can be chosen; nothing: nobody waits for anything any more. */
  async #enabled(): Promise<Choice[]> {
    const { controller } = this.#parts
    const { memory } = this.#options
    const comingOf = memory ? comingAlone : comingWithCall
    const others = [
      ...this.#buyers.filter(({ state }) => state === 'absent').map(({ name }) => comingOf(name)),
      ...(memory ? controller.kept.map((named) => replyOf(named, this.#wordsOf(named.call))) : []),
    ]
    this.#offered = controller.offered()
    if (this.#offered.length + others.length === 0) this.#offered = await this.#whatTimeBrings()
    const choices = [...this.#offered.map((named) => this.#choiceOf(named)), ...others]
    return choices.toSorted((a, b) => this.#rankOf(a.actor) - this.#rankOf(b.actor))
  }

  #choiceOf({ call, actor, event }: NamedCall): Choice {
    const { store, access, statement } = call
    return { event, actor, store, access, statement, words: this.#wordsOf(call) }
  }

  /** What it says, but for the names that only this sale has. */
  #wordsOf({ text, values }: StoreCall): readonly string[] {
    const { sku, requestIdPrefix } = this.#sale
    return [...text.split(/\s+/), ...values].map((word) => word.replaceAll(requestIdPrefix, '#').replaceAll(sku, '#'))
  }

  #rankOf(actor: string): number {
    const index = this.#buyers.findIndex(({ name }) => name === actor)
    return index === -1 ? this.#buyers.length : index
  }

  /**
   * A buyer is inside, and nothing is offered: what comes of itself, or a look at what was not there. Who goes on though
   * nothing in a store or before a gate was left of them waited for time alone: what others do in that time is not tried.
   */
  async #whatTimeBrings(): Promise<readonly NamedCall[]> {
    const { controller } = this.#parts
    const inside = this.#buyers.filter(({ state }) => state === 'inside')
    if (inside.length === 0) return []
    const waiting = controller.areWaiting ? undefined : inside.find(({ name }) => !controller.isSeen(name))
    const standing = controller.standing
    const isOver = (): boolean => this.#buyers.every(({ state }) => state !== 'inside')
    const next = await controller.waitForNews(NEWS_DEADLINE_MS, isOver)
    const isNew = next === null ? isOver() : !standing.has(next.call)
    if (waiting !== undefined && isNew) this.#noAnswer ??= `${waiting.name} ${BY_TIME_ALONE}`
    return next === null ? [] : [next]
  }

  async #take(chosen: Choice, enabled: readonly Choice[]): Promise<void> {
    const buyer = this.#buyers.find(({ name, state }) => name === chosen.actor && state === 'absent')
    if (this.#options.memory) return await this.#takeAlone(chosen, enabled, buyer)
    if (buyer === undefined) return await this.#letGo(this.#offeredAs(chosen.event)!, enabled, chosen)
    const before = this.#answered()
    await this.#come(buyer, 1)
    this.#offered = this.#parts.controller.offered()
    const first = this.#offeredAs(chosen.event)
    // One who waits within the server, or was answered at once, has called no store.
    if (first === undefined)
      await this.#note(
        { event: chosen.event, actor: chosen.actor, begins: true, answers: this.#newlyAnswered(before) },
        enabled,
        chosen,
      )
    else await this.#letGo(first, enabled, { ...this.#choiceOf(first), comes: true }, true)
  }

  /** One thing, and nothing that follows from it: a coming, a call, or the reply to one. */
  async #takeAlone(chosen: Choice, enabled: readonly Choice[], coming: Buyer | undefined): Promise<void> {
    const { controller } = this.#parts
    const { event, actor } = chosen
    const before = this.#answered()
    if (coming !== undefined) {
      void this.#send(coming, 1)
      await controller.settleOnly(actor)
      const answers = this.#newlyAnswered(before)
      return await this.#note({ event, actor, begins: true, answers }, enabled, chosen)
    }
    const standing = this.#offeredAs(event)
    if (standing !== undefined) {
      const reply = await controller.letThroughOnly(standing)
      return await this.#note(told(standing, { reply, released: [] }), enabled, chosen)
    }
    const kept = controller.kept.find((named) => replyEventOf(named) === event)!
    const { text } = await controller.handOn(kept)
    const reply = { to: kept.event, result: text }
    await this.#note({ event, actor, reply, answers: this.#newlyAnswered(before) }, enabled, chosen)
  }

  #offeredAs(event: string): NamedCall | undefined {
    return this.#offered.find((named) => named.event === event)
  }

  async #come(buyer: Buyer, attempt: number): Promise<void> {
    void this.#send(buyer, attempt)
    await this.#parts.controller.settleDown(buyer.name)
  }

  async #send(buyer: Buyer, attempt: number): Promise<void> {
    const { requestId, userNumber } = buyer
    const { sku } = this.#sale
    buyer.state = 'inside'
    const sentAtNs = nowNs()
    const onQueued = (): void => {
      buyer.state = 'queued'
    }
    const answer = await this.#parts.target.buy({ sku, userNumber, requestId, attempt, onQueued })
    buyer.state = 'answered'
    buyer.answer = answer
    buyer.operations.push({
      seq: this.#operations++,
      stepIndex: 0,
      sku,
      kind: 'buy',
      userId: this.#parts.target.userIdOf(userNumber),
      requestId,
      attempt,
      quantity: 1,
      scheduledAtNs: sentAtNs,
      sentAtNs,
      completedAtNs: answer.outcome.kind === 'unknown' ? null : nowNs(),
      outcome: answer.outcome,
    })
  }

  async #letGo(named: NamedCall, enabled: readonly Choice[], chosen: Choice, begins = false): Promise<void> {
    const before = this.#answered()
    const came = await this.#parts.controller.letGo(named)
    await this.#note({ ...told(named, came), begins, answers: this.#newlyAnswered(before) }, enabled, chosen)
  }

  async #note(
    step: Pick<RaceStep, 'event' | 'actor'> & Partial<RaceStep>,
    enabled: readonly Choice[],
    chosen: Choice,
  ): Promise<void> {
    const { target, controller } = this.#parts
    const answers = (step.answers ?? []).map(({ actor, outcome }) => `${actor}: ${outcome}`)
    this.#steps.push({ enabled, chosen, answers, sent: controller.takeSent() })
    this.#waitedInside ||= this.#buyers.some(({ name, state }) => state === 'inside' && !controller.isSeen(name))
    const stock = this.#options.observes ? await target.readStock(this.#sale.sku) : {}
    this.#told.push({ call: null, begins: false, waits: false, released: [], answers: [], ...step, stock })
  }

  #answered(): ReadonlySet<Buyer> {
    return new Set(this.#buyers.filter(({ state }) => state === 'answered'))
  }

  #newlyAnswered(before: ReadonlySet<Buyer>): RaceStep['answers'] {
    return this.#buyers.flatMap((buyer) => {
      const { name, state, answer } = buyer
      if (state !== 'answered' || before.has(buyer)) return []
      return [{ actor: name, outcome: answer!.outcome.kind, words: answer!.words }]
    })
  }

  /** One that was left behind, or whose reply was lost: what is still inside comes to its end. */
  async #untilAllAreAnswered(): Promise<void> {
    const { controller } = this.#parts
    for (const buyer of this.#buyers) {
      if (buyer.state !== 'inside') continue
      await controller.letAllUntil(untilAnswered(buyer))
    }
  }

  async #crash(spot: CrashSpot, chosen: Choice, enabled: readonly Choice[]): Promise<void> {
    const { target, controller } = this.#parts
    const buyer = this.#buyers.find(({ name, state }) => name === chosen.actor && state === 'absent')
    if (buyer !== undefined) await this.#come(buyer, 1)
    if (buyer !== undefined) this.#offered = controller.offered()
    const named = this.#offeredAs(chosen.event)
    const reply = named === undefined || spot.kind === 'before' ? null : await controller.letThroughOnly(named)
    const before = this.#answered()
    if (spot.kind === 'reply' && named !== undefined) {
      await controller.cut(named)
    } else {
      await target.kill()
      controller.forgetAll()
    }
    const what =
      named === undefined ? { event: chosen.event, actor: chosen.actor } : told(named, { reply, released: [] })
    const isKill = spot.kind !== 'reply'
    const note = isKill ? 'the server is killed' : 'the connection breaks before the reply is here'
    await this.#note({ ...what, waits: false, begins: buyer !== undefined, note }, enabled, chosen)
    if (isKill) await this.#restart()
    await this.#untilAllAreAnswered()
    // A server that doesn't survive a broken connection: who runs it starts it again.
    if (await this.#hasEnded()) await this.#restartEnded()
    await this.#everybodyTries(before)
  }

  /** A connection breaks before whoever started the process hears that it ended: where one did, that is waited for. */
  async #hasEnded(): Promise<boolean> {
    const isCutOff = this.#buyers.some(({ answer }) => {
      const outcome = answer?.outcome
      return outcome !== undefined && 'code' in outcome && NO_WORD.includes(outcome.code)
    })
    return await this.#parts.target.endedWithin(isCutOff ? ENDS_WITHIN_MS : 0)
  }

  async #restart(): Promise<void> {
    const { target, controller } = this.#parts
    await controller.letAllUntil(target.restart())
    controller.attend(() => target.isIdle())
  }

  async #restartEnded(): Promise<void> {
    const { target, controller } = this.#parts
    // What is left of its processes.
    await target.kill().catch(() => undefined)
    controller.forgetAll()
    const nothing = { call: null, begins: false, waits: false, released: [], answers: [], stock: {} }
    this.#told.push({
      event: BACKGROUND,
      actor: BACKGROUND,
      ...nothing,
      note: 'the server has ended, and is started again',
    })
    await this.#restart()
  }

  /** Whoever was not told for sure asks again with the same id; whoever has not come yet comes. */
  async #everybodyTries(before: ReadonlySet<Buyer>): Promise<void> {
    const { controller } = this.#parts
    for (const buyer of this.#buyers) {
      if (buyer.state === 'queued') continue
      if (buyer.state === 'answered' && buyer.answer!.outcome.kind !== 'unknown') {
        if (!before.has(buyer)) await this.#tellAnswer(buyer, 'is told')
        continue
      }
      const attempt = buyer.state === 'absent' ? 1 : 2
      await controller.letAllUntil(this.#send(buyer, attempt), buyer.name)
      await this.#tellAnswer(buyer, attempt === 2 ? 'asks again' : 'comes')
    }
  }

  async #tellAnswer({ name, answer }: Buyer, note: string): Promise<void> {
    const answers = [{ actor: name, outcome: answer!.outcome.kind, words: answer!.words }]
    const stock = this.#options.observes ? await this.#parts.target.readStock(this.#sale.sku) : {}
    const nothing = { call: null, begins: false, waits: false, released: [] }
    this.#told.push({ event: name, actor: name, ...nothing, answers, stock, note })
  }

  async #judged(): Promise<readonly CheckResult[]> {
    const { target, controller, terms } = this.#parts
    const { sku, requestIdPrefix } = this.#sale
    const settled = await controller.letAllUntil(target.settle(sku, SETTLE_DEADLINE_MS))
    const ledger = await controller.letAllUntil(target.readLedger(sku, settled, requestIdPrefix))
    const history = this.#buyers.flatMap(({ operations }) => operations).toSorted((a, b) => a.seq - b.seq)
    const sale = target.saleTerms(sku, this.#sale.initialStock, terms.perUserLimit)
    this.#end = endOf(this.#buyers, ledger, settled)
    if (!settled) this.#noAnswer ??= UNSETTLED
    return judgeSale(sale, history, ledger, { saturated: false })
  }
}

function endedByItself(): HarnessError {
  return new HarnessError('TARGET_FAILED', {
    message: 'the server ended by itself in the middle of a race',
    hint: 'What it said last stands above. An order in which a server dies is no order of its calls: mend that first.',
  })
}

async function untilAnswered(buyer: Buyer): Promise<void> {
  const until = performance.now() + SETTLE_DEADLINE_MS
  while (buyer.state === 'inside' && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1))
}

function told(
  { call, event, actor }: NamedCall,
  { reply, released }: LetGo,
): Pick<RaceStep, 'event' | 'actor'> & Partial<RaceStep> {
  const { store, text, values } = call
  return {
    event,
    actor,
    call: { store, text, values, result: reply?.text ?? null },
    waits: reply === null,
    released: released.map(({ named, reply: came }) => ({ actor: named.actor, result: came.text })),
  }
}

/** What a buyer calls first is known when it stands before a gate. */
function comingWithCall(actor: string): Choice {
  return { event: `${actor} #1`, actor, store: null, access: 'write', statement: '', comes: true, words: [] }
}

function comingAlone(actor: string): Choice {
  return { event: `${actor} #0`, actor, store: 'server', access: 'write', statement: 'comes', comes: true, words: [] }
}

function replyOf(named: NamedCall, words: readonly string[]): Choice {
  const { call, actor } = named
  const statement = `reply to ${call.statement}`
  return { event: replyEventOf(named), actor, store: 'server', access: 'write', statement, words }
}

function replyEventOf({ event }: NamedCall): string {
  return `${event} reply`
}

function holds({ text, values }: StoreCall, requestId: string): boolean {
  return values.includes(requestId) || text.split(/[\s"']+/).includes(requestId)
}

/** All that can be told of an end, without names that chance gives. */
function endOf(buyers: readonly Buyer[], ledger: LedgerSnapshot | null, settled: boolean): string {
  const told = buyers
    .map(
      ({ name, answer }) => `${name}: ${answer === null ? 'no answer' : outcomeWords(answer.outcome, (text) => text)}`,
    )
    .join(', ')
  if (ledger === null) return told
  const { orders, remainingStock, shownAfterSettling } = ledger
  const users = orders.map(
    ({ userId, quantity, durable }) => `${userId ?? '?'}${durable ? '' : ' (not kept)'} x${quantity}`,
  )
  const shown =
    shownAfterSettling === null || shownAfterSettling === remainingStock ? '' : `, ${shownAfterSettling} shown`
  const books = `${formatQuantity(orders.length, 'order')}${users.length > 0 ? ` (${users.toSorted().join(', ')})` : ''}`
  return `${told}; ${books}, ${remainingStock ?? '?'} left${shown}${settled ? '' : ', not settled'}`
}

function nowNs(): number {
  return performance.now() * 1e6
}
