/** A report as a page of its own. Loads the library that draws charts only when a page is drawn. Pure. */
import { type RunReport, runPage } from '../model/run-page.ts'
import { htmlDocument } from './document.ts'

export async function runHtml(report: RunReport): Promise<string> {
  const { drawnChart } = await import('./draw-chart.ts')
  return htmlDocument(runPage(report), drawnChart)
}
