/** What is generated is what the code makes; and what holds for every panel and every rule. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dashboardFiles } from '../grafana/code/dashboards.ts'
import { withLists } from '../grafana/code/lists.ts'
import { METRIC_TABLE } from '../src/core/metric-table.ts'

const files = dashboardFiles()
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

describe('grafana/dashboards', () => {
  it('holds what the code makes, byte for byte: `npm run grafana` writes it', () => {
    const names = readdirSync(new URL('../grafana/dashboards', import.meta.url)).filter((name) => !name.startsWith('.'))
    expect(names.toSorted()).toEqual(Object.keys(files).toSorted())
    for (const [name, text] of Object.entries(files)) expect(read(`grafana/dashboards/${name}`)).toBe(text)
  })

  it('comes with its lists in docs/dashboards.md', () => {
    const document = read('docs/dashboards.md')
    expect(document).toBe(
      withLists(document, { dashboards: files, alerts: read('grafana/prometheus/rules/alerts.yml') }),
    )
  })
})

describe.each(Object.entries(files))('each panel of %s', (_, text) => {
  const panels = panelsOf(text)
  const queries = panels.flatMap(expressionsOf)

  it('has a title of its own', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  it('says what it shows and in which unit, and asks the chosen data source', () => {
    const lacking = panels.filter(
      ({ description = '', fieldConfig, datasource }) =>
        description.length < 60 || !fieldConfig?.defaults.unit || datasource?.uid !== '${datasource}',
    )
    expect(lacking.map(({ title }) => title)).toEqual([])
  })

  it('asks for the chosen jobs, instances, runs and strategies only', () => {
    const chosen = 'job=~"$job", instance=~"$instance", run=~"$run", strategy=~"$strategy"'
    expect(
      queries.filter((query) =>
        query
          .split('{')
          .slice(1)
          .some((rest) => !rest.startsWith(chosen)),
      ),
    ).toEqual([])
  })

  it('takes rates over $__rate_interval, and averages nothing', () => {
    const windows = queries.flatMap((query) =>
      [...query.matchAll(/\brate\([^[]*\[([^\]]*)\]/g)].map(([, window]) => window),
    )
    expect(new Set(windows)).toEqual(new Set(['$__rate_interval']))
    expect(queries.filter((query) => /\bavg|_sum\b/.test(query))).toEqual([])
  })
})

describe('grafana/prometheus/rules', () => {
  it.each(expressionsOfRules())('asks for metrics of the table: %s', (expression) => {
    const asked = [...expression.matchAll(/(?<![:\w"])([a-z]+(?:_[a-z0-9]+)+)(?=[{[)])/g)].map(([, name]) => name!)
    const known = Object.keys(METRIC_TABLE)
    expect(
      asked.map((name) => name.replace(/_(bucket|count|sum)$/, '')).filter((name) => !known.includes(name)),
    ).toEqual([])
  })
})

function panelsOf(text: string): Panel[] {
  return ((JSON.parse(text) as Dashboard).panels ?? []).filter((panel): panel is Panel => panel.type !== 'row')
}

function expressionsOf({ targets = [] }: Panel): string[] {
  return targets.map((target) => (target as unknown as { readonly expr: string }).expr)
}

function expressionsOfRules(): string[] {
  return ['recording', 'alerts'].flatMap((file) => {
    const { groups } = parse(read(`grafana/prometheus/rules/${file}.yml`)) as {
      readonly groups: readonly { readonly rules: readonly { readonly expr: string }[] }[]
    }
    return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
  })
}
