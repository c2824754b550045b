/**
 * How queries of the harness that may run while work is counted are told from those of the target. A store counts by parse
 * tree, and shows the first text that came with it: what a comment says holds for a service's equal query as well. A name
 * of a common table expression is part of the tree.
 */

/** In texts that nobody else sends. */
export const OWN_QUERY = '/* doorbuster */'
/** In the tree of those that somebody else might send as well; and the name of the harness's cursor. */
export const OWN_NAME = 'doorbuster_audit'

const QUERY = /^((?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*)(with\s+recursive\b|with\b|select\b|values\b|table\b)/i

/** The same query with a tree of its own, for Postgres; what is no query is left as it is. */
export function ownQuery(text: string): string {
  return text.replace(QUERY, (_, lead: string, word: string) =>
    /^with/i.test(word) ? `${lead}${word} ${OWN_NAME} AS (SELECT 1),` : `${lead}WITH ${OWN_NAME} AS (SELECT 1) ${word}`,
  )
}

export function isOwnQuery(text: string): boolean {
  return text.includes(OWN_QUERY) || text.includes(OWN_NAME)
}
