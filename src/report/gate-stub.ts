/** Until the real one is merged. */
import type { GateRecord, VisibleEffect } from '../core/gate-record.ts'
import type { TerminalStyle } from './terminal.ts'

export function gateMarkdown(record: GateRecord): string {
  return `${JSON.stringify(record.judgement)}\n`
}
export function gateJunitXml(record: GateRecord): string {
  return `<x>${record.gateId}</x>\n`
}
export function renderGate(record: GateRecord, style: TerminalStyle & { readonly directory: string }): string {
  return JSON.stringify(record.judgement, null, 2) + style.directory
}
export function gateAnnotations(record: GateRecord): string[] {
  return [String(record.judgement?.headline)]
}
export function renderForeseen(effects: readonly VisibleEffect[]): string {
  return JSON.stringify(effects)
}
