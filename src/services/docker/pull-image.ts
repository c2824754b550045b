/** Sees to an image: there already, or pulled now, with the sign-in that the user has at that registry. */
import { HarnessError } from '../../core/errors.ts'
import type { StoreName } from '../../core/catalogue.ts'
import type { ServiceRun } from '../provider.ts'
import { type Engine, messageOf } from './engine.ts'
import { IMAGE_VARIABLE } from './images.ts'
import { withinDeadline } from './within-deadline.ts'

/** Enough for 160 MB over a slow line. */
const PULL_WITHIN_MS = 600_000

/** Throws SERVICE_UNAVAILABLE when it can't be had, INTERRUPTED when the signal comes first. */
export async function ensureImage(
  { store, image }: { readonly store: StoreName; readonly image: string },
  { client }: Engine,
  { signal, onWait }: Pick<ServiceRun, 'signal' | 'onWait'>,
): Promise<void> {
  const { ImageName } = await import('testcontainers')
  const name = ImageName.fromString(image)
  const pull = async (): Promise<void> => {
    if (await client.image.exists(name)) return
    onWait?.(`pulling the image ${image}`)
    await client.image.pull(name)
  }
  try {
    await withinDeadline(PULL_WITHIN_MS, `pulling ${image}`, pull, signal)
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    throw new HarnessError('SERVICE_UNAVAILABLE', {
      message: `the image ${image} can't be pulled: ${messageOf(cause)}`,
      hint: `Pull it once with \`docker pull ${image}\`, or name another in ${IMAGE_VARIABLE[store]}.`,
      cause,
    })
  }
}
