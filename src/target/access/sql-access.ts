/** What a session with a SQL store is opened with. */
import type { TemplateValues } from '../../core/fill-template.ts'
import type { NamedValues } from '../../core/target-access.ts'

export interface SqlAccess {
  readonly url: string
  readonly mode: 'read' | 'write'
  /** With the secrets among them. */
  readonly valuesOf: (values: NamedValues) => TemplateValues
  readonly redact: (text: string) => string
}
