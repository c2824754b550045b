/** The descriptors that are shipped beside the shops they are for. */
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../../targets/external/', import.meta.url)

/** `file`: as it stands in `targets/external/`. */
export const SHIPPED_DESCRIPTORS: readonly { readonly file: string; readonly text: string }[] = readdirSync(FOLDER, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }))
