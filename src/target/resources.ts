/**
 * CPU and memory of what the run didn't start: by Prometheus or by a command, read before and after each step. A probe
 * that fails costs a figure, never the run.
 */
import { HarnessError } from '../core/errors.ts'
import { valueAtPointer } from '../core/locate.ts'
import type { ResourceFigures } from '../core/run-record.ts'
import type { TargetAccess } from '../core/target-access.ts'
import type { ResourceProbe } from '../core/target-descriptor.ts'

export interface ResourceReadings {
  /** By the probe's name, since whenever its counter began. A probe without memory says 0 bytes. */
  readonly figures: Readonly<Record<string, ResourceFigures>>
  /** Why a probe is missing, a sentence each. */
  readonly notes: readonly string[]
}

const ANSWER_WITHIN_MS = 5_000

/** Never throws. */
export async function readResources(probes: readonly ResourceProbe[], access: TargetAccess): Promise<ResourceReadings> {
  const figures: Record<string, ResourceFigures> = {}
  const notes: string[] = []
  await Promise.all(
    probes.map(async (probe) => {
      try {
        figures[probe.name] = await readProbe(probe, access)
      } catch (error) {
        notes.push(access.redact(`resources of ${probe.name} could not be read: ${(error as Error).message}`))
      }
    }),
  )
  return { figures, notes }
}

async function readProbe({ by }: ResourceProbe, access: TargetAccess): Promise<ResourceFigures> {
  switch (by.kind) {
    case 'command': {
      const deadlineMs = Math.min(by.command.deadlineMs, ANSWER_WITHIN_MS)
      return figuresIn(await access.run({ ...by.command, deadlineMs }, {}))
    }
    case 'promql': {
      const base = access.fill(by.prometheusUrl, {}).replace(/\/+$/, '')
      return { cpuSeconds: await queryPrometheus(base, by.query), maxRssBytes: 0 }
    }
  }
}

/** The first two numbers of the output. Throws HarnessError. */
function figuresIn(output: string): ResourceFigures {
  const [cpuSeconds, bytes = 0] = output.trim().split(/\s+/).map(Number)
  if (cpuSeconds !== undefined && Number.isFinite(cpuSeconds) && output.trim() !== '' && Number.isFinite(bytes)) {
    return { cpuSeconds, maxRssBytes: bytes }
  }
  throw new HarnessError('SERVICE_FAILED', {
    message: `"${output.trim().slice(0, 80)}" is no number of CPU seconds`,
  })
}

/** The target's own headers and TLS options are not for it. */
async function queryPrometheus(base: string, query: string): Promise<number> {
  const response = await fetch(`${base}/api/v1/query?query=${encodeURIComponent(query)}`, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    redirect: 'manual',
  })
  const text = await response.text()
  if (!response.ok) throw failed(`Prometheus answered ${response.status} ${text.slice(0, 120)}`)
  const document: unknown = JSON.parse(text)
  const result = valueAtPointer(document, '/data/result')
  const isScalar = valueAtPointer(document, '/data/resultType') === 'scalar'
  const samples = isScalar ? [result] : Array.isArray(result) ? result.map((one) => valueAtPointer(one, '/value')) : []
  if (samples.length !== 1) {
    const hint = samples.length > 1 ? ': put sum(...) around it' : ''
    throw failed(`the query has ${samples.length} results, one is wanted${hint}`)
  }
  const value = Number(valueAtPointer(samples[0], '/1'))
  if (Number.isFinite(value)) return value
  throw failed('the result of the query is no number')
}

function failed(message: string): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message })
}
