/** Reaches a described target beside the load: see TargetAccess. */
import { resolve } from 'node:path'
import type { RequestTemplate } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import { fillTemplate, type TemplateValues } from '../../core/fill-template.ts'
import type { OwnRedisWork } from '../../core/own-redis-work.ts'
import { isLedByValue, requestBaseOf, requestTarget } from '../../core/request-target.ts'
import type { NamedValues, SendOptions, TargetAccess } from '../../core/target-access.ts'
import type { ShellCommand, TargetDescriptor } from '../../core/target-descriptor.ts'
import type { Secrets } from '../secrets.ts'
import { readTls } from '../tls.ts'
import { runCommand } from './command.ts'
import { displayRequestUrl } from './display-url.ts'
import { HttpSender } from './http.ts'
import { openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import { OwnRedis } from './own-redis.ts'
import { openRedis } from './redis.ts'

const ANSWER_WITHIN_MS = 10_000
const MOST_ANSWER_BYTES = 8 * 1024 * 1024

export interface OpenedAccess extends TargetAccess, AsyncDisposable {
  /** What sessions made the Redis of this URL do so far; complete while none is open. */
  readonly ownRedisWork: (url: string) => OwnRedisWork
}

/** Opens nothing yet. Throws HarnessError USAGE when the URL is none, or a file of its TLS options can't be read. */
export function openAccess(
  descriptor: Pick<TargetDescriptor, 'url' | 'headers' | 'tls' | 'folder'>,
  secrets: Pick<Secrets, 'values' | 'redact'>,
): OpenedAccess {
  const { redact } = secrets
  const valuesOf = (values: NamedValues): TemplateValues => namedValues(values, secrets.values)
  const fill: TargetAccess['fill'] = (template, values) => fillTemplate(template, valuesOf(values))
  const baseUrl = fill(descriptor.url, {}).replace(/\/+$/, '')
  refuseBadUrl(baseUrl, redact)
  const sender = new HttpSender(readTls(descriptor.tls, descriptor.folder), redact)
  const base = requestBaseOf(baseUrl)
  const ownRedis = new OwnRedis()
  const urlOf = (request: RequestTemplate, values: NamedValues): string => {
    const path = fill(request.path, values)
    if (!isLedByValue(request.path)) return baseUrl + path
    const target = requestTarget(path, base)
    if (target === null) throw leadsElsewhere(redact(`${request.method} ${path}`), base.origin)
    return baseUrl.slice(0, baseUrl.length - base.basePath.length) + target
  }

  return {
    baseUrl,
    redact,
    fill,
    describe: (request, values) => redact(`${request.method} ${displayRequestUrl(urlOf(request, values))}`),
    send: async (request, values, options: SendOptions = {}) => {
      const url = options.url ?? urlOf(request, values)
      if (new URL(url).origin !== base.origin) {
        throw leadsElsewhere(redact(`${request.method} ${displayRequestUrl(url)}`), base.origin)
      }
      const headers: Record<string, string> = {}
      for (const { name, value } of [...descriptor.headers, ...request.headers]) headers[name] = fill(value, values)
      return await sender.send({
        method: request.method,
        url,
        headers,
        body: request.body === null ? null : fill(request.body, values),
        deadlineMs: options.deadlineMs ?? ANSWER_WITHIN_MS,
        mostBytes: options.maxBytes ?? MOST_ANSWER_BYTES,
        signal: options.signal,
        onSent: options.onSent,
        onAnswer: options.onAnswer,
      })
    },
    sql: (store, mode) => {
      const given = { url: fill(store.url, {}), mode, valuesOf, redact }
      return store.engine === 'postgres' ? openPostgres(given) : openMysql(given)
    },
    redis: (url) => openRedis({ url: fill(url, {}), redact, own: ownRedis }),
    ownRedisWork: (url) => ownRedis.of(url),
    run: (command, values, signal) =>
      runCommand(
        {
          command: command.command,
          cwd: resolve(descriptor.folder, command.cwd),
          env: commandEnvironment(command, values, fill),
          deadlineMs: command.deadlineMs,
          signal,
        },
        redact,
      ),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  }
}

const SECRET = 'env.'

function namedValues(values: NamedValues, secrets: Readonly<Record<string, string>>): TemplateValues {
  return (name) => {
    const value = name.startsWith(SECRET) ? secrets[name.slice(SECRET.length)] : values[name]
    if (value === undefined) throw new HarnessError('USAGE', { message: `{{${name}}} has no value here` })
    return value
  }
}

/** What a target answers may name where to ask next, and its secrets go along. */
function leadsElsewhere(what: string, origin: string): HarnessError {
  return new HarnessError('TARGET_FAILED', { message: `${what} leads elsewhere than to ${origin}: it is not sent` })
}

function refuseBadUrl(url: string, redact: (text: string) => string): void {
  if (URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)) return
  throw new HarnessError('USAGE', { message: `url: ${redact(url)} is no HTTP URL` })
}

/** Of this process, with the values by their names in capitals, and the command's own above all. */
export function commandEnvironment(
  command: Pick<ShellCommand, 'env'>,
  values: NamedValues,
  fill: TargetAccess['fill'],
): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) environment[name] = value
  for (const [name, value] of Object.entries(values)) environment[capitalsOf(name)] = String(value ?? '')
  for (const [name, template] of Object.entries(command.env)) environment[name] = fill(template, values)
  return environment
}

/** runId -> RUN_ID. */
function capitalsOf(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
}
