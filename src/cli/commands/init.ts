/** `doorbuster init`: a scenario of one's own to begin with. */
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { shellWord } from '../../report/index.ts'
import type { CommandContext } from '../command-context.ts'
import { scenarioTemplate } from '../scenario-template.ts'
import { shownPath } from '../shown-path.ts'

const DEFAULT_FILE = 'scenario.yaml'

export function initCommand({ terminal }: CommandContext): Command {
  return new Command('init')
    .description('write a commented scenario of your own, which runs as it stands')
    .argument('[file]', 'where to; never overwritten', DEFAULT_FILE)
    .addHelpText('after', '\nExample:\n  doorbuster init sneaker-drop.yaml\n')
    .action(async (file: string) => {
      const name = scenarioName(file)
      const command = `doorbuster run ${shellWord(shownPath(file))} --strategy atomic-update`
      await writeNew(file, scenarioTemplate(name, command))
      terminal.print(`${shownPath(file)} is there. Try it: ${command}`)
    })
}

/** From the file's name; whatever a scenario's name can't hold becomes a hyphen. */
function scenarioName(file: string): string {
  const words = basename(file)
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
  return words === '' ? 'scenario' : words
}

/** Throws HarnessError USAGE when there is such a file already, or no such folder. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new HarnessError('USAGE', {
        message: `${file} is there already, and is not overwritten`,
        hint: 'Name another file: doorbuster init mine.yaml',
        cause,
      })
    }
    throw new HarnessError('USAGE', { message: `${file} cannot be written (${message})`, cause })
  }
}
