/**
 * From the written form, which the schema has passed, to a descriptor with every default filled in and every unit in its
 * name.
 */
import type {
  BuyersSource,
  PoolSource,
  ResourceProbe,
  ShellCommand,
  StartedBy,
  TargetDescriptor,
  TlsOptions,
} from '../core/target-descriptor.ts'
import type { BuyerProtocol, TextTemplate } from '../core/buyer-protocol.ts'
import type { TargetPromise } from '../core/promise.ts'
import { DESCRIPTOR_DEFAULTS } from './limits.ts'
import { resolveActions, resolveSettleActions } from './resolve-actions.ts'
import { resolveLedger } from './resolve-ledger.ts'
import { resolveOutcomes, resolveStatuses } from './resolve-outcomes.ts'
import {
  durationMs,
  resolveCommand,
  resolveEnv,
  resolveHeaders,
  resolveLocator,
  resolveRequest,
} from './resolve-requests.ts'
import { readsPromiseOf, type WrittenDescriptor } from './schema.ts'
import { tellsLimit, tellsStock } from './told-terms.ts'
import { templateOf } from './template.ts'

export function resolveDescriptor(written: WrittenDescriptor, folder: string): TargetDescriptor {
  return {
    name: written.name,
    description: written.description?.trim() ?? '',
    folder,
    url: resolveBaseUrl(written.url),
    headers: resolveHeaders(written.headers ?? {}),
    tls: written.tls === undefined ? null : resolveTls(written.tls),
    start: written.start === undefined ? null : resolveStart(written.start),
    stop: written.stop === undefined ? null : resolveStop(written.stop),
    resources: (written.resources ?? []).map(resolveResource),
    promise: resolvePromise(written.promise ?? {}),
    perUserLimit: written.promise?.perUserLimit ?? null,
    soldMeans: written.promise?.sold ?? DESCRIPTOR_DEFAULTS.soldMeans,
    shared: written.shared ?? false,
    skus: resolveSkus(written),
    initialStock: written.stock ?? null,
    open: written.open === undefined ? null : resolveActions(written.open),
    tells: { stock: tellsStock(written.open), limit: tellsLimit(written.open) },
    settle: written.settle === undefined ? [] : resolveSettleActions(written.settle),
    close: written.close === undefined ? [] : resolveActions(written.close),
    buyers: resolveBuyers(written.buyers ?? {}),
    protocol: resolveProtocol(written),
    ledger: written.ledger === undefined ? null : resolveLedger(written.ledger),
    maxRatePerSec: written.maxRate ?? null,
    warmUpMs: durationMs(written.warmUp, 0),
    race:
      written.race === undefined
        ? null
        : { stores: resolveEnv(written.race.stores), quietMs: durationMs(written.race.quiet, 0) },
  }
}

function resolveBaseUrl(text: string): TextTemplate {
  return templateOf(text.replace(/\/+$/, ''), 'plain')
}

function resolveTls(written: NonNullable<WrittenDescriptor['tls']>): TlsOptions {
  return {
    caFile: written.ca ?? null,
    certFile: written.cert ?? null,
    keyFile: written.key ?? null,
    serverName: written.serverName ?? null,
    insecure: written.insecure ?? false,
  }
}

function resolveStart(written: NonNullable<WrittenDescriptor['start']>): StartedBy {
  if (typeof written === 'string') return resolveStart({ command: written })
  const ready = { path: written.ready === undefined ? null : written.ready.replaceAll('{{{{', '{{') }
  const { image, port, command } = written
  if (image === undefined) {
    return { by: 'command', ...resolveCommand(command!, written, DESCRIPTOR_DEFAULTS.startDeadlineMs), ready }
  }
  return {
    by: 'image',
    image,
    port: port!,
    env: resolveEnv(written.env),
    command: typeof command === 'object' ? command : null,
    deadlineMs: durationMs(written.deadline, DESCRIPTOR_DEFAULTS.imageDeadlineMs),
    ready,
  }
}

function resolveStop(written: NonNullable<WrittenDescriptor['stop']>): ShellCommand {
  return typeof written === 'string' ? resolveCommand(written) : resolveCommand(written.command, written)
}

type WrittenResource = NonNullable<WrittenDescriptor['resources']>[number]

function resolveResource(written: WrittenResource): ResourceProbe {
  const { name, cores, promql, prometheus, command } = written
  return {
    name,
    capacityCores: cores ?? null,
    by:
      promql === undefined
        ? { kind: 'command', command: resolveCommand(command!, written) }
        : { kind: 'promql', prometheusUrl: resolveBaseUrl(prometheus!), query: promql },
  }
}

function resolvePromise(written: NonNullable<WrittenDescriptor['promise']>): TargetPromise {
  const reads = readsPromiseOf(written.reads ?? 'advisory')
  if (reads === null) throw new RangeError(`the schema passed a promise that cannot be read: ${written.reads}`)
  return { reads, sellsThrough: written.sellsThrough ?? false }
}

function resolveSkus({ sku, skus }: WrittenDescriptor): readonly string[] | null {
  if (sku !== undefined) return [String(sku)]
  return skus?.map(String) ?? null
}

function resolveBuyers({ userIds, pool }: NonNullable<WrittenDescriptor['buyers']>): BuyersSource {
  return {
    userIdPrefix: userIds ?? DESCRIPTOR_DEFAULTS.userIdPrefix,
    pool: pool === undefined ? null : resolvePool(pool),
  }
}

function resolvePool({ csv, login }: NonNullable<NonNullable<WrittenDescriptor['buyers']>['pool']>): PoolSource {
  if (csv !== undefined) return { kind: 'csv', file: csv }
  const { count, take } = login!
  const places = Object.entries(take).map(([name, place]) => [name, resolveLocator(place)] as const)
  return { kind: 'login', count, request: resolveRequest(login!, 'POST'), take: Object.fromEntries(places) }
}

function resolveProtocol({ buy, outcomes, read, poll }: WrittenDescriptor): BuyerProtocol {
  return {
    buy: resolveRequest(buy, 'POST'),
    outcomes: resolveOutcomes(outcomes, 'outcomes'),
    read:
      read === undefined
        ? null
        : {
            request: resolveRequest(read, 'GET'),
            status: resolveStatuses(read.status ?? '2xx'),
            stock: resolveLocator(read.stock),
          },
    poll:
      poll === undefined
        ? null
        : {
            request: resolveRequest(poll, 'GET'),
            everyMs: durationMs(poll.every, DESCRIPTOR_DEFAULTS.pollEveryMs),
            deadlineMs: durationMs(poll.deadline, DESCRIPTOR_DEFAULTS.pollDeadlineMs),
            outcomes:
              poll.outcomes === undefined
                ? resolveOutcomes(outcomes, 'outcomes')
                : resolveOutcomes(poll.outcomes, 'poll.outcomes'),
          },
  }
}
