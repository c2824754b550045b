/** Reads the descriptor of a service of the user's own from its file. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { loadDescriptor } from '../descriptor/index.ts'
import { shownPath } from './shown-path.ts'

/** Where a descriptor stands that is not simply a file in the folder of its service. */
interface DescriptorPlace {
  readonly file: string
  /** What it names by relative paths stands here. */
  readonly folder: string
  /** Its name in messages. */
  readonly shownAs: string
}

/** Throws HarnessError USAGE when there is no such file, DESCRIPTOR_INVALID with every problem and its place. */
export function readDescriptor(path: string, place = placeOf(path)): ReturnType<typeof loadDescriptor> {
  let text: string
  try {
    // A pipe would be waited for without a way out: not even Ctrl-C ends a synchronous read.
    if (!statSync(place.file).isFile()) throw new Error('it is not a regular file')
    text = readFileSync(place.file, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', {
      message: `${path}: cannot be read (${(cause as Error).message})`,
      hint: 'A target is the path of its descriptor; `doorbuster init --target` writes one to begin with.',
      cause,
    })
  }
  return loadDescriptor(text, place.shownAs, place.folder)
}

function placeOf(path: string): DescriptorPlace {
  const file = resolve(path)
  return { file, folder: dirname(file), shownAs: shownPath(file) }
}
