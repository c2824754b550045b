/** How much a target carries, why no more, and what a larger sale would need: statistics on trials. Pure. */
export { type DemandTrial, mixOf } from './demand.ts'
export { demandModel } from './demand-model.ts'
export { capacityInterval } from './interval.ts'
export { kneeOf } from './knee.ts'
export { planSale } from './plan.ts'
export { predictFrom } from './prediction.ts'
export { fitScalability } from './scalability.ts'
export { addTrial, beginSearch, nextTrial, type SearchState, type SearchTerms } from './search.ts'
