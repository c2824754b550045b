import { relative } from 'node:path'

/** As short as it can be without being wrong: relative for what stands below this folder, else whole. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere
}
