/** Shows a sale to whoever looks. */
export { NewestRun } from './newest-run.ts'
export { openBrowser } from './open-browser.ts'
export { startLiveServer, type LiveServer } from './live-server.ts'
export { TelemetryLines } from './telemetry-lines.ts'
