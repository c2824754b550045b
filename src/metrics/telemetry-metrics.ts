/** Keeps what was told last of a run or a watch, and shows it to Prometheus when that asks. */
import type { Telemetry, TelemetrySink } from '../core/telemetry.ts'
import { type MetricFamily, withLabels } from './metric-family.ts'
import { observeProcess } from './process-families.ts'
import { commonLabels, telemetryFamilies, type Told, type WatchFigures } from './telemetry-families.ts'
import { render } from './text-format.ts'

export interface TelemetryMetrics extends TelemetrySink {
  /** As it stands now, with all labels. Empty before anything was told. */
  families(): Promise<MetricFamily[]>
  /** For `/metrics`. */
  answer(request: { readonly accept: string }): Promise<{ readonly contentType: string; readonly body: string }>
}

/** `watchFigures`: what a watch has to say beside its telemetry. */
export function createTelemetryMetrics(options: { readonly watchFigures?: () => WatchFigures } = {}): TelemetryMetrics {
  const processFamilies = observeProcess()
  let last: Telemetry | null = null
  let lastStep: Told['lastStep'] = null
  const families = async (): Promise<MetricFamily[]> => {
    if (last === null) return []
    const told = { telemetry: last, lastStep, watch: options.watchFigures?.() ?? null }
    const labels = commonLabels(last.source)
    return [...telemetryFamilies(told), ...(await processFamilies())].map((family) => withLabels(family, labels))
  }
  return {
    take(telemetry) {
      last = telemetry
      const { saturated, generatorLate } = telemetry.step ?? { saturated: null, generatorLate: null }
      if (saturated !== null && generatorLate !== null) lastStep = { saturated, generatorLate }
    },
    families,
    answer: async ({ accept }) => render(await families(), accept),
  }
}
