/**
 * `control-early`: right in everything, but that it sells before the sale opens. Its front never looks at the clock, as
 * where the page opens at nine and the service behind it takes orders since it was deployed.
 */
import { atomicUpdate } from '../atomic-update.ts'
import type { Strategy } from '../strategy.ts'
import { describeControl } from './control.ts'

export const early: Strategy = {
  ...atomicUpdate,
  sellsEarly: true,
  description: describeControl({
    name: 'control-early',
    summary: 'sells to whoever knows the address, before the sale opens',
    convictedBy: 'nothing-early',
    shownBy: ['--set', 'sale.opensAfter=1500ms'],
  }),
}
