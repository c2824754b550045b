/** All dashboards as they are written to files: the same code makes the same bytes. */
import { compare } from './compare.ts'
import { inside } from './inside.ts'
import { sale } from './sale.ts'

/** Name of the file in grafana/dashboards -> what it holds. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ sale: sale(), compare: compare(), inside: inside() }).map(([name, dashboard]) => [
      `${name}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  )
}
