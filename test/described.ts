/** Parts of descriptors for tests, written as people write them. */
import type { Escaping, RequestTemplate, TextTemplate } from '../src/core/buyer-protocol.ts'
import type { OrderColumns, ShellCommand, TargetDescriptor } from '../src/core/target-descriptor.ts'
import { type OpenedAccess, openAccess, type Secrets } from '../src/target/index.ts'

/** `SELECT id FROM orders WHERE sku = {{sku}}` */
export function template(text: string, as: Escaping = 'plain'): TextTemplate {
  return text
    .split(/(\{\{[^}]+\}\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{{') ? { value: part.slice(2, -2), as } : part))
}

export function request(method: string, path: string, json?: string): RequestTemplate {
  const headers = json === undefined ? [] : [{ name: 'content-type', value: ['application/json'] }]
  return {
    method,
    path: template(path, 'url'),
    headers,
    body: json === undefined ? null : template(json, 'json-value'),
  }
}

export function command(text: ShellCommand['command'], more: Partial<ShellCommand> = {}): ShellCommand {
  return { command: text, cwd: '.', env: {}, deadlineMs: 10_000, ...more }
}

/** By our own names. */
export const OWN_COLUMNS: OrderColumns = {
  orderId: 'orderId',
  requestId: 'requestId',
  userId: 'userId',
  quantity: 'quantity',
  areGuessed: true,
}

const NO_SECRETS: Pick<Secrets, 'values' | 'redact'> = { values: {}, redact: (text) => text }

/** Behind a port where nobody listens, unless a URL is given. */
export function accessTo(
  url = 'http://127.0.0.1:1',
  {
    secrets = NO_SECRETS,
    ...more
  }: Partial<Pick<TargetDescriptor, 'headers' | 'tls' | 'folder'>> & {
    secrets?: Pick<Secrets, 'values' | 'redact'>
  } = {},
): OpenedAccess {
  return openAccess({ url: template(url), headers: [], tls: null, folder: '/', ...more }, secrets)
}
