/** Protocols for tests. */
import {
  type BuyerProtocol,
  DEFAULT_IDENTITIES,
  type OutcomeRule,
  type RequestTemplate,
} from '../../../core/buyer-protocol.ts'
import type { DescribedTarget } from '../../load-engine.ts'

export function request(method: string, path: string, parts: Partial<RequestTemplate> = {}): RequestTemplate {
  return { method, path: [path], headers: [], body: null, ...parts }
}

/** `status: 0`: any. */
export function rule(status: number, then: OutcomeRule['then'], where: OutcomeRule['where'] = []): OutcomeRule {
  // oxlint-disable-next-line unicorn/no-thenable -- a rule is never awaited
  return { status: status === 0 ? null : [{ from: status, to: status }], where, then, label: `outcomes[${status}]` }
}

/** Sold with 201 and the order at `/id`, nothing else. */
export function protocolOf(parts: Partial<BuyerProtocol> = {}): BuyerProtocol {
  return {
    buy: request('POST', '/buy'),
    outcomes: [rule(201, { kind: 'sold', orderId: { in: 'json', pointer: '/id' } })],
    read: null,
    poll: null,
    ...parts,
  }
}

export function describedOf(protocol: Partial<BuyerProtocol>, parts: Partial<DescribedTarget> = {}): DescribedTarget {
  return {
    protocol: protocolOf(protocol),
    headers: [],
    identities: DEFAULT_IDENTITIES,
    secrets: {},
    tls: null,
    ...parts,
  }
}
