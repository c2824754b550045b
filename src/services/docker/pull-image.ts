/**
 * Sees to an image: there already, or pulled now, with the sign-in that the user has at that registry (testcontainers
 * knows where those are kept). Its own pull is not used: it can't be called off, and takes an answer that ends in an
 * error for an image.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { ServiceRun } from '../provider.ts'
import { type Engine, messageOf } from './engine.ts'
import { IMAGE_VARIABLE } from './images.ts'

/** Enough for 160 MB over a slow line. */
const PULL_WITHIN_MS = 600_000

/** Throws SERVICE_UNAVAILABLE when it can't be had, INTERRUPTED when the signal comes first. */
export async function ensureImage(
  { store, image }: { readonly store: StoreName; readonly image: string },
  engine: Engine,
  { signal, onWait }: Pick<ServiceRun, 'signal' | 'onWait'>,
): Promise<void> {
  const deadline = AbortSignal.timeout(PULL_WITHIN_MS)
  try {
    if (await hasImage(engine, image)) return
    onWait?.(`pulling the image ${image}`)
    await pull(engine, image, signal === undefined ? deadline : AbortSignal.any([signal, deadline]))
  } catch (cause) {
    if (signal?.aborted) throw new HarnessError('INTERRUPTED', { message: `interrupted: pulling ${image}`, cause })
    const why = deadline.aborted ? `no end within ${PULL_WITHIN_MS} ms` : messageOf(cause)
    throw new HarnessError('SERVICE_UNAVAILABLE', {
      message: `the image ${image} can't be pulled: ${why}`,
      hint: `Pull it once with \`docker pull ${image}\`, or name another in ${IMAGE_VARIABLE[store]}.`,
      cause,
    })
  }
}

async function hasImage({ client }: Engine, image: string): Promise<boolean> {
  const { ImageName } = await import('testcontainers')
  return await client.image.exists(ImageName.fromString(image))
}

interface PullProgress {
  readonly error?: string
}

async function pull({ client }: Engine, image: string, abortSignal: AbortSignal): Promise<void> {
  const { ImageName } = await import('testcontainers')
  const { getAuthConfig } = await import('testcontainers/build/container-runtime/auth/get-auth-config.js')
  const registry = ImageName.fromString(image).registry ?? client.info.containerRuntime.indexServerAddress
  const { dockerode } = client.container
  const answer = await dockerode.pull(image, { authconfig: await getAuthConfig(registry), abortSignal })
  const progress = await new Promise<PullProgress[]>((resolve, reject) => {
    dockerode.modem.followProgress(answer, (error: Error | null, lines: PullProgress[]) =>
      error === null ? resolve(lines) : reject(error),
    )
  })
  const failed = progress.find(({ error }) => error !== undefined)
  if (failed) throw new Error(failed.error)
}
