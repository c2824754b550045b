/** What is sent: a function for each request, and what their templates need. */
import type { BuyerProtocol, RequestTemplate, TextTemplate } from '../../../core/buyer-protocol.ts'
import { isLedByValue } from '../../../core/request-target.ts'
import { REQUEST_TARGET_TEXT } from './request-target-text.ts'
import { REQUEST_UUID_TEXT } from './request-uuid-text.ts'
import type { ScriptProtocol } from './script-parts.ts'
import { holds, quoted, templateText } from './template-text.ts'

export function requestsText(protocol: ScriptProtocol): string {
  const { buyers } = protocol
  const templates = templatesOf(protocol)
  const uses = (expression: (template: TextTemplate) => boolean): boolean => templates.some(expression)
  const helpers: string[] = []
  if (uses((template) => template.some((part) => typeof part !== 'string' && part.as === 'url'))) {
    helpers.push(`/** RFC 3986: everything but unreserved characters. */
function urlText(value) {
  return encodeURIComponent(value).replace(/[!'()*]/g, (one) => '%' + one.charCodeAt(0).toString(16).toUpperCase())
}`)
  }
  if (uses((template) => template.some((part) => typeof part !== 'string' && part.as === 'json-text'))) {
    helpers.push(`/** Inside a JSON string. */
function jsonText(value) {
  return JSON.stringify(String(value)).slice(1, -1)
}`)
  }
  if (uses((template) => holds(template, (name) => name === 'requestUuid'))) helpers.push(REQUEST_UUID_TEXT)
  if (isLedByTicket(buyers)) helpers.push(REQUEST_TARGET_TEXT)
  const requests = [requestText('sendBuy', 'row', 'buy', buyers.buy, protocol.headers)]
  if (buyers.read !== null) requests.push(requestText('sendRead', 'row', 'read', buyers.read.request, protocol.headers))
  if (buyers.poll !== null) {
    requests.push(requestText('sendPoll', 'row, ticket', 'poll', buyers.poll.request, protocol.headers))
  }
  return ['// What is sent.', ...helpers, ...requests].join('\n\n')
}

/** Polls go to where the ticket says. */
export function isLedByTicket({ poll }: BuyerProtocol): boolean {
  return poll !== null && isLedByValue(poll.request.path)
}

function templatesOf({ buyers, headers }: ScriptProtocol): readonly TextTemplate[] {
  const requests = [
    buyers.buy,
    ...(buyers.read ? [buyers.read.request] : []),
    ...(buyers.poll ? [buyers.poll.request] : []),
  ]
  return [
    ...headers.map(({ value }) => value),
    ...requests.flatMap(({ path, body, headers: own }) => [
      path,
      ...(body ? [body] : []),
      ...own.map(({ value }) => value),
    ]),
  ]
}

/** Names of the secrets that buyers' requests hold, in order. */
export function secretsIn(protocol: ScriptProtocol): string[] {
  const values = templatesOf(protocol).flatMap((template) =>
    template.flatMap((part) =>
      typeof part !== 'string' && part.value.startsWith('env.') ? [part.value.slice(4)] : [],
    ),
  )
  return [...new Set(values)].sort()
}

function requestText(
  name: string,
  parameters: string,
  tag: string,
  request: RequestTemplate,
  common: RequestTemplate['headers'],
): string {
  const own = new Set(request.headers.map((header) => header.name))
  const headers = [...common.filter((header) => !own.has(header.name)), ...request.headers]
  const headerLines = headers.map((header) => `      ${quoted(header.name)}: ${templateText(header.value)},\n`).join('')
  const path = templateText(request.path)
  const url = isLedByValue(request.path)
    ? `targetUrl(${path})`
    : path.startsWith('`')
      ? `\`\${BASE_URL}${path.slice(1)}`
      : `BASE_URL + ${path}`
  const body = request.body === null ? 'null' : templateText(request.body)
  return `function ${name}(${parameters}) {
  return http.request(${quoted(request.method)}, ${url}, ${body}, {
    headers: {
${headerLines}    },
    redirects: 0,
    timeout: TIMEOUT_MS,
    tags: { name: ${quoted(tag)} },
  })
}`
}
