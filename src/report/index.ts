/** A run drawn for people and for CI: one record, one headline, several formats. Pure. */
export { type DemoRow, renderDemo } from './demo.ts'
export { leadingFailure } from './headline.ts'
export { junitXml } from './junit.ts'
export { markdownSummary } from './markdown.ts'
export { shellWord } from './plain-text.ts'
export { renderProgressLine, renderStepLine } from './progress.ts'
export { renderTable } from './text-table.ts'
export { renderChecks, renderVerdict } from './terminal.ts'
