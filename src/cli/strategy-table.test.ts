import { expect, it } from 'vitest'
import type { StrategyDescription } from '../core/catalogue.ts'
import { strategyTable } from './strategy-table.ts'

const right: StrategyDescription = {
  name: 'right-one',
  summary: 'does it right',
  control: false,
  promise: { reads: { kind: 'stale', maxAgeMs: 600 }, sellsThrough: true },
  rightWith: 'any-instances',
  needs: ['postgres', 'redis'],
  durableWhen: 'at COMMIT',
  books: { ordersTable: 'orders', stock: { store: 'postgres', table: 'stock' }, stream: null },
  convictedBy: null,
}
const wrong: StrategyDescription = {
  ...right,
  name: 'wrong',
  summary: 'does it wrong',
  control: true,
  promise: { reads: { kind: 'linearizable' }, sellsThrough: false },
  rightWith: 'never',
  needs: ['postgres'],
  convictedBy: 'no-oversell',
}

it('says what each promises and needs, the right ones first', () => {
  expect(strategyTable([wrong, right])).toEqual([
    'strategy   right with     reads         sells through  needs            durable',
    'right-one  any instances  stale:600ms   yes            postgres, redis  at COMMIT',
    '    does it right',
    '',
    'Controls, each built wrong for a check to convict it (docs/controls.md):',
    'wrong      never          linearizable  no             postgres         at COMMIT',
    '    does it wrong',
  ])
})
