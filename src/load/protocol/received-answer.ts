/** An answer as the rules of a protocol ask after it, whatever carried it. */

export interface AnswerHeaders {
  /** The first value; null: there is none. `name` in lower case. */
  first(name: string): string | null
  /** Each `set-cookie`, in order. */
  setCookies(): readonly string[]
}

export interface ReceivedAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  /** Bytes that are looked at during the call only, or a text that was decoded before. */
  readonly body: Buffer | string
  /** The id of its buy as the request held it. */
  readonly requestId: string
}

/** Of a transport that gives headers by name (in lower case), several of one name as a list. */
export function headersByName(values: Readonly<Record<string, string | readonly string[] | undefined>>): AnswerHeaders {
  const all = (name: string): readonly string[] => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    return value === undefined ? [] : typeof value === 'string' ? [value] : value
  }
  return { first: (name) => all(name)[0] ?? null, setCookies: () => all('set-cookie') }
}

/** Of a transport that doesn't give any. */
export const NO_HEADERS: AnswerHeaders = { first: () => null, setCookies: () => [] }
