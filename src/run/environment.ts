/** On what a run was made: part of its record, so that figures are never quoted without their machine. */
import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { RunEnvironment } from '../core/run-record.ts'
import type { StartedServices } from '../services/service.ts'

export function describeEnvironment(services: StartedServices): RunEnvironment {
  const cpus = os.cpus()
  return {
    cpuModel: cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    doorbuster: packageVersion(),
    services: {
      ...(services.postgres && { postgres: services.postgres.record }),
      ...(services.redis && { redis: services.redis.record }),
    },
  }
}

/** Version of this package; the file stands two folders up from the source and three from the build. */
export function packageVersion(): string {
  const fromHere = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json'
  const manifest = JSON.parse(readFileSync(new URL(fromHere, import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
