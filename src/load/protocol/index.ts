/** Buyers of a described target: what they send, and what an answer to them means. */
export { type Classifier, createClassifier, type Queued } from './classifier.ts'
export { checkPlan } from './check-plan.ts'
export { type AnswerHeaders, headersByName, NO_HEADERS, type ReceivedAnswer } from './received-answer.ts'
export { type BuyRow, createRequestWriter, type RequestWriter, type WrittenRequest } from './request-writer.ts'
