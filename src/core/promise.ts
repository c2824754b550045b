/**
 * What a target promises. A sale is judged by this and by nothing stricter:
 * a counter that is 150 ms old is no wrong sale where 200 ms was the promise.
 */

export type ReadsPromise =
  | { readonly kind: 'linearizable' }
  /** A read may show any stock that was true at most `maxAgeMs` before the read was sent. */
  | { readonly kind: 'stale'; readonly maxAgeMs: number }
  /** A read says nothing that anyone may rely on. */
  | { readonly kind: 'advisory' }

export interface TargetPromise {
  readonly reads: ReadsPromise
  /** Whether no unit stays unsold while buyers who were turned away without good reason asked for it. */
  readonly sellsThrough: boolean
}

/** `linearizable`, `stale:200ms` or `advisory`: the form that `--reads` and reports use. */
export function formatReadsPromise(promise: ReadsPromise): string {
  return promise.kind === 'stale' ? `stale:${promise.maxAgeMs}ms` : promise.kind
}

/** The inverse of {@link formatReadsPromise}; `null` for anything else. */
export function parseReadsPromise(text: string): ReadsPromise | null {
  if (text === 'linearizable' || text === 'advisory') return { kind: text }
  const stale = /^stale:(\d+(?:\.\d+)?)(ms|s)$/.exec(text)
  if (!stale) return null
  return { kind: 'stale', maxAgeMs: Number(stale[1]) * (stale[2] === 's' ? 1000 : 1) }
}
