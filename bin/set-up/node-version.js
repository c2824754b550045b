/**
 * The oldest Node that everything here runs on; package.json's `engines` says the same. Written so that far older ones
 * can read it and say so, instead of stumbling over syntax.
 */
const OLDEST = [20, 19]

/** A sentence when this Node is too old, else null. */
export function nodeProblem(version = process.versions.node) {
  const parts = version.split('.').map(Number)
  const isNewEnough = parts[0] > OLDEST[0] || (parts[0] === OLDEST[0] && parts[1] >= OLDEST[1])
  return isNewEnough
    ? null
    : `Doorbuster needs Node ${OLDEST.join('.')} or newer; this is ${version} (${process.execPath})`
}
