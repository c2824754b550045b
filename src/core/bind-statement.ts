/** A statement with its values apart from it, so that no value can be read as SQL. Pure. */
import type { TextTemplate } from './buyer-protocol.ts'
import { HarnessError } from './errors.ts'
import type { TemplateValue, TemplateValues } from './fill-template.ts'
import type { SqlStore } from './target-descriptor.ts'

export interface BoundStatement {
  readonly text: string
  readonly parameters: readonly TemplateValue[]
}

/**
 * Each placeholder becomes a parameter of its own, so that one value may be compared with columns of several types.
 * Throws HarnessError USAGE where one stands in quotes: the parameter would be a plain text there.
 */
export function bindStatement(
  template: TextTemplate,
  engine: SqlStore['engine'],
  valueOf: TemplateValues,
): BoundStatement {
  const parameters: TemplateValue[] = []
  let text = ''
  for (const [index, part] of template.entries()) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    refuseQuotes(part.value, template[index - 1], template[index + 1])
    parameters.push(valueOf(part.value))
    text += engine === 'postgres' ? `$${parameters.length}` : '?'
  }
  return { text: text.replace(/[;\s]+$/, ''), parameters }
}

type Neighbour = TextTemplate[number] | undefined

function refuseQuotes(name: string, before: Neighbour, after: Neighbour): void {
  if (typeof before !== 'string' || typeof after !== 'string') return
  if (!/['"]$/.test(before) || !/^['"]/.test(after)) return
  throw new HarnessError('USAGE', {
    message: `{{${name}}} stands in quotes in a statement`,
    hint: `Leave the quotes out: {{${name}}} is a bound parameter there.`,
  })
}
