/** The matrix in a short form: two strategies, one and two processes, the double clicks. */
import { expect, it } from 'vitest'
import { verdictOf } from '../src/bench/matrix/matrix-table.ts'
import { runMatrix } from '../src/bench/matrix/run-matrix.ts'
import { readScenario } from '../src/cli/scenario-source.ts'
import { readCatalogue } from '../src/run/target-process.ts'
import { describeWithServices } from './require-service.ts'

describeWithServices(['postgres'], 'the matrix', () => {
  it('convicts the mutex of two processes, and nobody else', async () => {
    const { strategies } = await readCatalogue()
    const cells = await runMatrix({
      strategies: strategies.filter(({ name }) => name === 'mutex' || name === 'atomic-update'),
      scenarios: [readScenario('double-click', { duration: '2s' })],
      instances: [1, 2],
      signal: new AbortController().signal,
    })
    expect(cells.map((cell) => [cell.strategy, cell.instances, verdictOf(cell)])).toEqual([
      ['mutex', 1, 'right'],
      ['mutex', 2, 'wrong'],
      ['atomic-update', 1, 'right'],
      ['atomic-update', 2, 'right'],
    ])
  })
})
