/** Who buys what: the rows of the plan, and what a request takes from one of them. */
import { VARIABLES } from './environment-names.ts'
import { objectText } from './object-text.ts'
import { PLANNER_TEXT } from './planner-text.ts'
import type { ScriptParts } from './script-parts.ts'
import { quoted } from './template-text.ts'

export function rowsText(parts: ScriptParts): string {
  const { steps, rows, outcomes, protocol } = parts
  const stepLines = steps.map(({ index, rows: count, sales }) => {
    const skus = objectText(sales.map(({ sku }) => sku))
    const stocks = outcomes.to === 'metrics' ? `, stocks: ${objectText(sales.map((sale) => sale.initialStock))}` : ''
    return `  ${quoted(String(index + 1))}: { index: ${index}, rows: ${count}, skus: ${skus}${stocks} },`
  })
  const source =
    rows.from === 'planner'
      ? `${PLANNER_TEXT}\n\nconst planned = {}\nfunction plannedColumn(step, column) {\n  planned[step.index] ||= planRows(step.index, step.rows)\n  return planned[step.index][column]\n}`
      : `let written = null\nfunction plannedColumn(step, column) {\n  written ||= JSON.parse(open(__ENV.${VARIABLES.rows}))\n  return written[column]\n}`
  const constantQuantity = rows.from === 'planner' && rows.buyers.quantities.length === 1
  const manySkus = steps.some(({ sales }) => sales.length > 1)
  const columns = ['user', 'buy', ...(constantQuantity ? [] : ['quantity']), ...(manySkus ? ['sku'] : [])]
  const quantity =
    constantQuantity && rows.from === 'planner' ? String(rows.buyers.quantities[0]!.quantity) : 'columns.quantity[k]'
  const pool = protocol.hasPool
    ? `\n\n// Buyer n is entry n: what a request may hold of them, a token perhaps.\nconst buyers = new SharedArray('buyers', () => JSON.parse(open(__ENV.${VARIABLES.buyers})))`
    : ''
  const prefix = quoted(protocol.identities.userIdPrefix)
  const userId = protocol.hasPool ? `(of && of.userId) || ${prefix} + user` : `${prefix} + user`
  const prefixOf = outcomes.to === 'history' ? quoted(outcomes.requestIdPrefix) : '`${run}-${step.index + 1}-`'
  const runParameter = outcomes.to === 'history' ? '' : ', run'
  return `// Who buys what.

const STEPS = {
${stepLines.join('\n')}
}

${source}

// Columns that all VUs share: planned once, by the first that asks.
const COLUMNS = {}
for (const step of Object.values(STEPS)) {
  COLUMNS[step.index] = {}
  for (const column of ${objectText(columns)}) {
    COLUMNS[step.index][column] = new SharedArray(\`step \${step.index + 1} \${column}\`, () => plannedColumn(step, column))
  }
}${pool}

function rowOf(step, k${runParameter}) {
  const columns = COLUMNS[step.index]
  const user = columns.user[k]
  const buy = columns.buy[k]
  const prefix = ${prefixOf}
${protocol.hasPool ? '  const of = buyers[user % buyers.length]\n' : ''}  return {
    user,
    userId: ${userId},
    buy,
    prefix,
    requestId: prefix + buy,
    quantity: ${quantity},
    sku: step.skus[${manySkus ? 'columns.sku[k]' : '0'}],
${protocol.hasPool ? '    buyer: of,\n' : ''}  }
}`
}
