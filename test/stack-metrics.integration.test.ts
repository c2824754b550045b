/** Prometheus as docker-compose.yml has it: harness and server are found apart, and both bear the labels of the run. */
import { cpSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { ServeReadyLine } from '../src/run/serve.ts'
import { start, temporaryFolder } from './doorbuster.ts'
import { freePort, startPrometheus } from './prometheus.ts'
import { describeWithServices } from './require-service.ts'

const FOLDER = fileURLToPath(new URL('../grafana/prometheus/', import.meta.url))

describeWithServices(['postgres', 'prometheus'], 'prometheus.stack.yml', () => {
  it('scrapes a run and the server that it buys from, by the names of one run', async () => {
    const serving = start(['serve', '--strategy', 'atomic-update'])
    const line = JSON.parse(await serving.said(/^\{"ready":true.*\}$/m)) as ServeReadyLine
    const port = await freePort()
    const configFolder = temporaryFolder()
    cpSync(`${FOLDER}rules`, `${configFolder}/rules`, { recursive: true })
    const config = readFileSync(`${FOLDER}prometheus.stack.yml`, 'utf8')
      .replaceAll('harness:9464', `127.0.0.1:${port}`)
      .replaceAll('target:3000', new URL(line.url).host)
    await using prometheus = await startPrometheus({ config, configFolder })
    const limits = ['--rate', '50', '--duration', '60s', '--metrics-port', String(port)]
    const running = start(['run', 'smoke', '--target', line.descriptor, ...limits])
    const sold = 'sale_funnel_units_total{job="doorbuster-server",stage="ordered"} > 0'
    const [ordered] = await prometheus.queryUntil(sold, (samples) => samples.length > 0)
    const info = 'doorbuster_run_info{job="doorbuster"}'
    const [told] = await prometheus.queryUntil(info, (samples) => samples.length > 0)
    expect(told?.labels).toMatchObject({ scenario: 'smoke', strategy: 'atomic-update' })
    const { run, scenario, strategy } = told!.labels
    expect(ordered?.labels).toMatchObject({ run, scenario, strategy })
    expect(Object.keys({ ...told?.labels, ...ordered?.labels }).filter((name) => /exported|meta/.test(name))).toEqual(
      [],
    )
    running.kill('SIGINT')
    await running.finished
    serving.kill('SIGTERM')
    expect((await serving.finished).exitCode).toBe(0)
  })
})
