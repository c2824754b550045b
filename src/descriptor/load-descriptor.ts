/**
 * From the text of a target's descriptor to a frozen value, or to everything that is wrong with it.
 * Pure: the caller reads the file, and what it names.
 */
import { deepFreeze } from '../core/deep-freeze.ts'
import { formatPath, type Path, type Problem } from '../core/document/problem.ts'
import { problemsOf } from '../core/document/schema-problems.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { incoherences } from './coherence.ts'
import { descriptorInvalid, parseDescriptorDocument } from './descriptor-document.ts'
import { resolveDescriptor } from './resolve.ts'
import { descriptorSchema } from './schema.ts'
import { warningsOf } from './warnings.ts'

interface LoadedDescriptor {
  readonly descriptor: TargetDescriptor
  /** What works but is hardly meant, or gives a secret away: a sentence each, with its place. */
  readonly warnings: readonly string[]
}

/**
 * `fileName` is only named in messages; `folder` is where files that the descriptor names are looked for.
 * Throws HarnessError DESCRIPTOR_INVALID, whose message has a line for every problem:
 * `file:line:column  path: what was expected, got what`.
 */
export function loadDescriptor(text: string, fileName: string, folder: string): LoadedDescriptor {
  const document = parseDescriptorDocument(text, fileName)
  if (document.value === undefined) throw descriptorInvalid(document.problems)

  const parsed = descriptorSchema.safeParse(document.value)
  const problems: Problem[] = [...document.problems]
  const told = parsed.success ? [] : problemsOf(parsed.error.issues, document.value)
  for (const { path, sentence, aboutKey } of told) {
    problems.push({ place: aboutKey ? document.placeOfKey(path) : document.placeOfValue(path), path, sentence })
  }
  if (!parsed.success || problems.length > 0) throw descriptorInvalid(problems)

  const unfitting = incoherences(parsed.data)
  if (unfitting.length > 0) {
    throw descriptorInvalid(unfitting.map((one) => ({ ...one, place: document.placeOfValue(one.path) })))
  }

  const descriptor = deepFreeze(resolveDescriptor(parsed.data, folder))
  const tell = (path: Path, sentence: string): string =>
    `${document.placeOfValue(path).label}  ${formatPath(path)}: ${sentence}`
  return { descriptor, warnings: warningsOf(parsed.data, descriptor).map(({ path, sentence }) => tell(path, sentence)) }
}
