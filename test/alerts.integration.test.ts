/** From a sale that is oversold to whoever is to be told: a real run, Prometheus, Alertmanager, and a webhook. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import type { RunRecord } from '../src/core/run-record.ts'
import { startAlertmanager } from './alertmanager.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { freePort, startPrometheus } from './prometheus.ts'
import { describeWithServices } from './require-service.ts'
import { alertmanagerConfiguration, prometheusConfiguration } from './shipped-configuration.ts'

interface Alert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

const TOLD_WITHIN_MS = 120_000

describeWithServices(['postgres', 'prometheus', 'alertmanager'], 'an oversold sale', () => {
  it('is told to the webhook, with its SKU and how many units', { timeout: 300_000 }, async () => {
    const webhook = await startWebhook()
    const alertmanager = await startAlertmanager(alertmanagerConfiguration(webhook.url))
    // Also when the test is out of time, unlike `await using`.
    onTestFinished(() => alertmanager[Symbol.asyncDispose]())
    const metricsPort = await freePort()
    const config = prometheusConfiguration({ metricsPort, alertmanager: alertmanager.host })
    const prometheus = await startPrometheus({ config })
    onTestFinished(() => prometheus[Symbol.asyncDispose]())

    const out = join(temporaryFolder(), 'run')
    const naive = 'run smoke --strategy naive --rate 500 --stock 200 --duration 20s'.split(' ')
    // Prometheus hears of targets every 5 s, and may take as long to hear of the end.
    const scraped = ['--metrics-port', String(metricsPort), '--metrics-linger', '20s']
    const run = doorbuster([...naive, ...scraped, '--out', out])
    const told = await webhook.until('SaleOversold')
    expect(await run).toMatchObject({ exitCode: 1 })

    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord
    const [sale] = record.steps[0]!.sales
    const oversold = record.checks.find(({ check }) => check === 'no-oversell')!
    expect(told.status).toBe('firing')
    expect(told.labels).toMatchObject({
      severity: 'critical',
      sku: sale!.sku,
      run: record.runId,
      scenario: 'smoke',
      strategy: 'naive',
    })
    expect(told.annotations['sku']).toBe(sale!.sku)
    expect(Number(told.annotations['units'])).toBeGreaterThan(0)
    expect(Number(told.annotations['units'])).toBeLessThanOrEqual(oversold.measured!)
    expect(told.annotations['summary']).toBe(`${sale!.sku} oversold by ${told.annotations['units']} units`)
    expect(told.annotations['action']).toContain('Stop the sale')
    const firing = await prometheus.query('ALERTS{alertname="SaleOversold", alertstate="firing"}')
    expect(firing.map(({ labels }) => labels['sku'])).toEqual([sale!.sku])
  })
})

interface Webhook {
  readonly url: string
  /** The first alert of that name; fails when there was none in time. */
  until(name: string): Promise<Alert>
}

async function startWebhook(): Promise<Webhook> {
  const told: Alert[] = []
  const listeners = new Set<() => void>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(...(JSON.parse(body) as { readonly alerts: readonly Alert[] }).alerts)
      for (const listener of listeners) listener()
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    until: (name) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`no ${name} within ${TOLD_WITHIN_MS} ms, only ${JSON.stringify(told)}`))
        }, TOLD_WITHIN_MS)
        const listen = (): void => {
          const alert = told.find(({ labels }) => labels['alertname'] === name)
          if (alert === undefined) return
          clearTimeout(timer)
          resolve(alert)
        }
        listeners.add(listen)
        listen()
      }),
  }
}
