/** A report as a page of its own. Loads the library that draws charts only when a page with charts is drawn. Pure. */
import { capacityPage, type CapacityReport } from '../model/capacity-page.ts'
import { comparePage, type CompareReport } from '../model/compare-page.ts'
import { gatePage, type GateReport } from '../model/gate-page.ts'
import type { Page } from '../model/page.ts'
import { racePage, type RaceReport } from '../model/race-page.ts'
import { type RunReport, runPage } from '../model/run-page.ts'
import { htmlDocument } from './document.ts'

export async function runHtml(report: RunReport): Promise<string> {
  return await drawn(runPage(report))
}

export async function capacityHtml(report: CapacityReport): Promise<string> {
  return await drawn(capacityPage(report))
}

export async function compareHtml(report: CompareReport): Promise<string> {
  return await drawn(comparePage(report))
}

export async function gateHtml(report: GateReport): Promise<string> {
  return await drawn(gatePage(report))
}

/** It has no charts. */
export function raceHtml(report: RaceReport): string {
  return htmlDocument(racePage(report), () => '')
}

async function drawn(page: Page): Promise<string> {
  const { drawnChart } = await import('./draw-chart.ts')
  return htmlDocument(page, drawnChart)
}
