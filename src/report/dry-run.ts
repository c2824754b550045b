/** A dry run as a person reads it: what was sent, what came back, what it means; the ledger; and whether it all fits. */
import pc from 'picocolors'
import type { DryRunBook, DryRunExchange, DryRunReport } from '../core/dry-run.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { plain, wrap } from './plain-text.ts'
import type { TerminalStyle } from './terminal.ts'

const INDENT = '    '

export function renderDryRun(report: DryRunReport, style: TerminalStyle): string {
  const colors = pc.createColors(style.color)
  const head = [
    report.problems.length === 0
      ? colors.bold(colors.green('IT FITS')) + plain(`: one buy on ${report.target} went as its descriptor says`)
      : colors.bold(colors.yellow('LOOK AGAIN')) +
        plain(`: ${formatQuantity(report.problems.length, 'thing')} about the descriptor of ${report.target}`),
    ...report.problems.flatMap((problem) => wrap(`? ${plain(problem)}`, style.width, INDENT)),
    ...report.notes.flatMap((note) => wrap(`- ${plain(note)}`, style.width, INDENT)),
  ]
  const blocks = [
    head,
    ...report.exchanges.map((exchange) => exchangeLines(exchange, style)),
    ledgerLines(report, style),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function exchangeLines(
  { kind, request, answer, failure, rule, meaning }: DryRunExchange,
  style: TerminalStyle,
): string[] {
  const colors = pc.createColors(style.color)
  const line = (sign: string, text: string): string[] => wrap(`${sign} ${plain(text)}`, style.width, INDENT)
  return [
    colors.bold(kind),
    ...line('>', request.line),
    ...request.headers.flatMap((header) => line('>', header)),
    ...(request.body === null ? [] : line('>', request.body)),
    ...(answer === null ? line('<', failure ?? 'no answer') : line('<', `${answer.status} ${answer.body}`)),
    ...(answer?.headers ?? []).flatMap((header) => line('<', header)),
    ...line(rule === null ? colors.yellow('?') : colors.green('='), `${meaning} (${rule ?? 'no rule fits'})`),
  ]
}

function ledgerLines({ ledger, newOrders, sku }: DryRunReport, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  if (ledger === null) return [colors.dim('no ledger: only what buyers are told can be judged')]
  return [
    colors.bold(`ledger of ${plain(sku)}`),
    `before  ${bookWords(ledger.before)}`,
    `after   ${bookWords(ledger.after)}${ledger.settled ? '' : ' (not settled)'}`,
    ...(newOrders ?? [])
      .slice(0, 3)
      .flatMap(({ orderId, requestId, userId, quantity }) =>
        wrap(
          plain(
            `new order ${orderId}, request ${requestId ?? '-'}, user ${userId ?? '-'}, ${formatQuantity(quantity, 'unit')}`,
          ),
          style.width,
          INDENT,
        ),
      ),
  ]
}

function bookWords(book: DryRunBook | null): string {
  if (book === null) return 'could not be read'
  const { orders, remaining } = book
  return `${formatQuantity(orders, 'order')}, ${remaining === null ? 'nobody says what is left' : `${formatCount(remaining)} left`}`
}
