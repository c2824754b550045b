/** `doorbuster init`: a scenario of one's own, or the descriptor of a service of one's own, to begin with. */
import { statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { shellWord } from '../../report/index.ts'
import type { CommandContext } from '../command-context.ts'
import { scenarioTemplate } from '../scenario-template.ts'
import { shownPath } from '../shown-path.ts'
import { targetTemplate } from '../target-template.ts'

interface Kind {
  readonly file: string
  readonly fallbackName: string
  readonly template: (name: string, command: string) => string
  readonly command: (file: string) => string
}

const SCENARIO: Kind = {
  file: 'scenario.yaml',
  fallbackName: 'scenario',
  template: scenarioTemplate,
  command: (file) => `doorbuster run ${file} --strategy atomic-update`,
}

const TARGET: Kind = {
  file: 'target.yaml',
  fallbackName: 'target',
  template: targetTemplate,
  command: (file) => `doorbuster run smoke --target ${file}`,
}

export function initCommand({ terminal }: CommandContext): Command {
  return new Command('init')
    .description('write a commented scenario of your own, which runs as it stands, or the descriptor of a service')
    .argument('[path]', `file or folder to write it to; never overwritten (default: "${SCENARIO.file}")`)
    .option('--target', `a descriptor of a service of your own: what --target takes (default file: "${TARGET.file}")`)
    .addHelpText('after', '\nExamples:\n  doorbuster init sneaker-drop.yaml\n  doorbuster init --target my-shop.yaml\n')
    .action(async (path: string | undefined, { target }: { readonly target?: true }) => {
      const kind = target === true ? TARGET : SCENARIO
      const file = fileAt(path, kind)
      const command = kind.command(shellWord(shownPath(file)))
      await writeNew(file, kind.template(nameFrom(file, kind), command))
      const tryIt =
        target === true ? `Make it say what your service does, then look: ${command} --dry-run` : `Try it: ${command}`
      terminal.print(`${shownPath(file)} is there. ${tryIt}`)
    })
}

/** In a folder, by the usual name. */
function fileAt(path: string | undefined, { file }: Kind): string {
  if (path === undefined) return file
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, file) : path
}

/** From the file's name; whatever a name can't hold becomes a hyphen. */
function nameFrom(file: string, { fallbackName }: Kind): string {
  const words = basename(file)
    .replace(/\.ya?ml$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63)
  return words === '' ? fallbackName : words
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
