import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TextTemplate } from '../../../core/buyer-protocol.ts'
import { fillTemplate } from '../../../core/fill-template.ts'
import { secretVariable, VARIABLES } from './environment-names.ts'
import { quoted, templateText } from './template-text.ts'

const HELPERS = `
const urlText = (value) => encodeURIComponent(value).replace(/[!'()*]/g, (one) => '%' + one.charCodeAt(0).toString(16).toUpperCase())
const jsonText = (value) => JSON.stringify(String(value)).slice(1, -1)`

function evaluate(expression: string, row: object, environment: object): unknown {
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the expression is what is tested
  return (new Function('row', '__ENV', `${HELPERS}\nreturn ${expression}`) as (...values: unknown[]) => unknown)(
    row,
    environment,
  )
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('`', '${x}', '\\', "'", '"', '\n', '\u2028', '{{sku}}'),
)
const placeholder = fc.record({
  value: fc.constantFrom('userId', 'sku', 'quantity', 'env.TOKEN', 'buyer.session id'),
  as: fc.constantFrom('plain' as const, 'url' as const, 'json-text' as const, 'json-value' as const),
})

describe('a template as JavaScript', () => {
  it('gives what the template gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, placeholder), { maxLength: 6 }),
        text,
        text,
        fc.nat(),
        (parts, one, other, quantity) => {
          const template: TextTemplate = parts
          const row = { userId: one, sku: other, quantity, buyer: { 'session id': other } }
          const values: Record<string, string | number> = {
            userId: one,
            sku: other,
            quantity,
            'env.TOKEN': one,
            'buyer.session id': other,
          }
          expect(evaluate(templateText(template), row, { TOKEN: one })).toBe(
            fillTemplate(template, (name) => values[name]!),
          )
        },
      ),
      { seed: 20_261_121, numRuns: 2_000 },
    )
  })

  it('names secrets and never holds them', () => {
    expect(templateText(['Bearer ', { value: 'env.TOKEN', as: 'plain' }])).toBe("`Bearer ${__ENV['TOKEN']}`")
  })

  it.each(['BASE_URL', 'RUN_ID', 'K6_VUS', 'DOORBUSTER_GATE', 'https_proxy', 'SSL_CERT_FILE'] as const)(
    'hands on a secret called %s, which means something else to k6, by another name',
    (name) => {
      const text = templateText([{ value: `env.${name}`, as: 'plain' }])
      expect(text).toBe(`\`\${__ENV['DOORBUSTER_SECRET_${name}']}\``)
    },
  )

  it('hands on secrets called as the harness’s own files by their names', () => {
    for (const name of ['GATE', 'ROWS', 'BUYERS', 'STEP', 'TLS_CERT', 'TLS_KEY']) {
      expect(secretVariable(name)).toBe(name)
      expect(Object.values<string>(VARIABLES)).not.toContain(name)
    }
  })

  it('quotes any text', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(evaluate(quoted(one), {}, {})).toBe(one)
      }),
    )
  })
})
