/** What a user is told of input that can't be used. */
import { HarnessError } from '../../core/errors.ts'

/** What the user is told; every such error ends with exit code 2. */
export function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof HarnessError && error.exitCode === 2) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}
