/** A run, or a comparison of several, drawn for people and for CI: one record, one headline, several formats. Pure. */
export { capacityJunit } from './capacity-junit.ts'
export { capacitySummary } from './capacity-markdown.ts'
export { renderCapacity } from './capacity-terminal.ts'
export { trialWords } from './capacity-words.ts'
export { compareJunit } from './compare-junit.ts'
export { compareMarkdown } from './compare-markdown.ts'
export { renderComparison } from './compare-terminal.ts'
export { type DemoRow, renderDemo } from './demo.ts'
export { renderDryRun } from './dry-run.ts'
export { gateAnnotations } from './gate-annotations.ts'
export { gateJunitXml } from './gate-junit.ts'
export { GATE_COMMENT_MARK, gateMarkdown } from './gate-markdown.ts'
export { renderGate } from './gate-terminal.ts'
export { renderForeseen } from './gate-words.ts'
export { headlineOf, leadingFailure } from './headline.ts'
export { capacityHtml, compareHtml, gateHtml, raceHtml, runHtml } from './html/index.ts'
export { junitXml } from './junit.ts'
export { markdownSummary } from './markdown.ts'
export type { Distribution, StepDigest, StockCurve, TimeBucket } from './model/step-digest.ts'
export {
  repeatCapacity,
  repeatCommand,
  repeatComparison,
  repeatGate,
  repeatRace,
  replayRace,
} from './model/repeat-command.ts'
export { shortTime } from './model/names.ts'
export type { Command } from './model/page.ts'
export type { RunReport } from './model/run-page.ts'
export { plain, shellWord } from './plain-text.ts'
export { renderProgressLine, renderStepLine } from './progress.ts'
export { raceJunit } from './race-junit.ts'
export { raceMarkdown } from './race-markdown.ts'
export { renderRace } from './race-terminal.ts'
export { isProved, isWrongCrash } from './race-words.ts'
export { renderTable } from './text-table.ts'
export { renderChecks, renderVerdict } from './terminal.ts'
