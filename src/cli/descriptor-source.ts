/** Reads the descriptor of a service of the user's own from its file. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { loadDescriptor } from '../descriptor/index.ts'
import { shownPath } from './shown-path.ts'

/** Throws HarnessError USAGE when there is no such file, DESCRIPTOR_INVALID with every problem and its place. */
export function readDescriptor(path: string): ReturnType<typeof loadDescriptor> {
  const file = resolve(path)
  let text: string
  try {
    // A pipe would be waited for without a way out: not even Ctrl-C ends a synchronous read.
    if (!statSync(file).isFile()) throw new Error('it is not a regular file')
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', {
      message: `${path}: cannot be read (${(cause as Error).message})`,
      hint: 'A target is the path of its descriptor; `doorbuster init --target` writes one to begin with.',
      cause,
    })
  }
  return loadDescriptor(text, shownPath(file), dirname(file))
}
