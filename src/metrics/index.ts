/** Metrics of a sale as it happens: shown to Prometheus when it asks, or pushed to it. */
export { type MetricFamily } from './metric-family.ts'
export { CLASSIC_CONTENT_TYPE } from './text-format.ts'
export { parseMetrics } from './parse-text.ts'
export { push, type RemoteWriteTarget } from './remote-write/push.ts'
export { SeriesRecorder } from './remote-write/series-recorder.ts'
export { createTelemetryMetrics, type TelemetryMetrics } from './telemetry-metrics.ts'
