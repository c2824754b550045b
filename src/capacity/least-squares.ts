/**
 * Least squares with coefficients that can't be negative, as costs can't. Of few columns, all sets of those that are
 * above zero are tried: the best feasible one is the optimum, since the problem is convex (Lawson & Hanson, Solving Least
 * Squares Problems, 1974, chapter 23, where it is found without trying all). Pure.
 */

export interface Equations {
  /** Rows of as many columns each. */
  readonly rows: readonly (readonly number[])[]
  readonly values: readonly number[]
}

/** Beyond, trying all sets takes too long. */
const MOST_COLUMNS = 8
/** A pivot below this share of its column's own size is rounding. */
const SINGULAR = 1e-9

/** One coefficient a column. Throws RangeError for no rows, or too many columns. */
export function nonNegativeLeastSquares({ rows, values }: Equations): number[] {
  const columns = rows[0]?.length ?? 0
  if (columns === 0 || columns > MOST_COLUMNS) throw new RangeError(`${columns} columns can not be fitted`)
  const gram = Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (__, j) => sumOf(rows, (row) => row[i]! * row[j]!)),
  )
  const moments = Array.from({ length: columns }, (_, i) => sumOf(rows, (row, index) => row[i]! * values[index]!))
  let best = { gain: 0, coefficients: zeros(columns) }
  for (let set = 1; set < 1 << columns; set++) {
    const chosen = [...gram.keys()].filter((column) => (set >> column) & 1)
    const solved = solve(
      chosen.map((i) => chosen.map((j) => gram[i]![j]!)),
      chosen.map((i) => moments[i]!),
    )
    if (solved === null || solved.some((coefficient) => coefficient < 0)) continue
    // At the optimum of a set, what it explains of the sum of squares is its coefficients times its moments.
    const gain = solved.reduce((total, coefficient, index) => total + coefficient * moments[chosen[index]!]!, 0)
    if (gain <= best.gain) continue
    const coefficients = zeros(columns)
    for (const [index, column] of chosen.entries()) coefficients[column] = solved[index]!
    best = { gain, coefficients }
  }
  return best.coefficients
}

/**
 * Share of a column's sum of squares that the other columns don't explain: 0 where it can't be told apart from them. By
 * modified Gram-Schmidt, so that others which can't be told apart from one another do no harm.
 */
export function unexplainedShare(rows: readonly (readonly number[])[], column: number): number {
  const columnOf = (index: number): number[] => rows.map((row) => row[index]!)
  const basis: number[][] = []
  for (const other of rows[0]!.keys()) {
    if (other === column) continue
    const rest = without(columnOf(other), basis)
    if (squares(rest) > SINGULAR * squares(columnOf(other))) basis.push(rest)
  }
  const whole = squares(columnOf(column))
  return whole === 0 ? 0 : squares(without(columnOf(column), basis)) / whole
}

/** What is left of a vector beside those of the basis, which stand at right angles. */
function without(vector: readonly number[], basis: readonly (readonly number[])[]): number[] {
  return basis.reduce<number[]>(
    (rest, one) => {
      const share = one.reduce((sum, cell, index) => sum + cell * rest[index]!, 0) / squares(one)
      return rest.map((cell, index) => cell - share * one[index]!)
    },
    [...vector],
  )
}

function squares(vector: readonly number[]): number {
  return vector.reduce((sum, cell) => sum + cell * cell, 0)
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0)
}

function sumOf(rows: readonly (readonly number[])[], of: (row: readonly number[], index: number) => number): number {
  return rows.reduce((total, row, index) => total + of(row, index), 0)
}

/** Gaussian elimination with pivots from the diagonal, which of a Gram matrix suffices; null where it is singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const work = matrix.map((row, index) => [...row, right[index]!])
  const size = work.length
  for (let pivot = 0; pivot < size; pivot++) {
    const row = work[pivot]!
    if (row[pivot]! <= SINGULAR * matrix[pivot]![pivot]!) return null
    for (let below = pivot + 1; below < size; below++) {
      const factor = work[below]![pivot]! / row[pivot]!
      for (let column = pivot; column <= size; column++) work[below]![column]! -= factor * row[column]!
    }
  }
  const solved = zeros(size)
  for (let row = size - 1; row >= 0; row--) {
    let rest = work[row]![size]!
    for (let column = row + 1; column < size; column++) rest -= work[row]![column]! * solved[column]!
    solved[row] = rest / work[row]![row]!
  }
  return solved
}
