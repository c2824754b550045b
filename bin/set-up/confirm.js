/** Asks a person for a yes. Where nobody can be asked (a pipe, CI), or nothing is answered, it is a no. */
import { createInterface } from 'node:readline'

/**
 * @param {boolean} yes answer every question with yes
 * @param {{input: object, output: object}} [streams] those of this process
 * @returns {(question: string) => Promise<boolean>}
 */
export function confirmer(yes, { input, output } = { input: process.stdin, output: process.stderr }) {
  return (question) => {
    if (yes) return Promise.resolve(true)
    if (!input.isTTY || !output.isTTY) return Promise.resolve(false)
    // Not as a terminal: so a Ctrl-C ends the process, as it does everywhere else in the set-up.
    const lines = createInterface({ input, output, terminal: false })
    return new Promise((resolve) => {
      lines.once('close', () => resolve(false))
      lines.question(`doorbuster: ${question} [y/N] `, (answer) => {
        resolve(/^\s*y(es)?\s*$/i.test(answer))
        lines.close()
      })
    })
  }
}
