/**
 * Mappings that come in several forms, each known by a key of its own: `{shell: ...}`, `{postgres: ..., sql: ...}`.
 * One mapping with the keys of all, so that what is wrong is told at the key, and not as "none of these".
 */
import type * as z from 'zod'

export interface Form {
  /** The key that only this form has. */
  readonly by: string
  readonly needs?: readonly string[]
  readonly takes?: readonly string[]
}

/** `common`: keys that go with each form. */
export interface Forms {
  readonly forms: readonly Form[]
  readonly common: readonly string[]
}

type Written = Readonly<Record<string, unknown>>

/** The form that this is, or null when it is none or several, which is told. */
export function checkForm(written: Written, { forms, common }: Forms, context: z.RefinementCtx): Form | null {
  const given = forms.filter(({ by }) => written[by] !== undefined)
  const form = given[0]
  if (form === undefined || given.length > 1) {
    const keys = forms.map(({ by }) => by).join(', ')
    context.addIssue({ code: 'custom', message: `needs one of ${keys}${given.length > 1 ? ', and not several' : ''}` })
    return null
  }
  const fitting = [form.by, ...(form.needs ?? []), ...(form.takes ?? []), ...common]
  for (const key of Object.keys(written)) {
    if (written[key] === undefined || fitting.includes(key)) continue
    context.addIssue({ code: 'custom', path: [key], message: `says nothing beside ${form.by}` })
  }
  for (const key of form.needs ?? []) {
    if (written[key] !== undefined) continue
    context.addIssue({ code: 'custom', path: [key], message: `is missing: ${form.by} needs it` })
  }
  return form
}

/** The same for editors. */
export function formsMeta({ forms }: Forms): { oneOf: { required: string[] }[] } {
  return { oneOf: forms.map(({ by, needs }) => ({ required: [by, ...(needs ?? [])] })) }
}
