/**
 * Shows on stderr that something long is under way: a line that counts the seconds on a terminal, one line at its
 * beginning and one at its end elsewhere.
 */
const TICK_MS = 100
const FRAMES = ['|', '/', '-', '\\']

/**
 * @param {string} what "installing packages"
 * @returns {(outcome: string) => void} ends it with one line; later calls print a line of their own
 */
export function begin(what) {
  const startedAt = performance.now()
  const stop = process.stderr.isTTY ? spin(what, startedAt) : announce(what)
  return (outcome) => {
    stop()
    process.stderr.write(`doorbuster: ${what}: ${outcome} (${seconds(startedAt)} s)\n`)
  }
}

function announce(what) {
  process.stderr.write(`doorbuster: ${what} ...\n`)
  return () => {}
}

function spin(what, startedAt) {
  let frame = 0
  const draw = () => {
    process.stderr.write(`\r${FRAMES[frame++ % FRAMES.length]} ${what} ... ${seconds(startedAt)} s`)
  }
  draw()
  const timer = setInterval(draw, TICK_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[2K')
  }
}

function seconds(startedAt) {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}
