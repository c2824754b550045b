/** The written form of how a target is started, stopped and reached, and of how its CPU is measured. */
import * as z from 'zod'
import { formatCount } from '../core/units.ts'
import { mapping, wholeNumber } from '../core/document/schema-parts.ts'
import { checkForm, type Forms, formsMeta } from './forms.ts'
import { DESCRIPTOR_DEFAULTS, DESCRIPTOR_LIMITS } from './limits.ts'
import { SCOPES } from './placeholders.ts'
import { command, COMMAND_KEYS, commandDeadline, cwd, deadline, env, shellText } from './schema-commands.ts'
import { path, plainText, template } from './schema-texts.ts'

const START_FORMS: Forms = {
  forms: [
    { by: 'command', takes: ['cwd'] },
    { by: 'image', needs: ['port'] },
  ],
  common: ['env', 'ready', 'deadline'],
}
const START_ERROR = 'must be a command for the shell, or a mapping with command or image'

export const start = z.union(
  [
    shellText('a command for the shell'),
    mapping('a mapping with command or image', {
      command: command
        .optional()
        .describe('A command for sh -c, or a list of a program and its arguments. With image: its arguments, a list.'),
      image: plainText('the name of a container image', 500)
        .optional()
        .describe('A container image, in place of command.'),
      port: wholeNumber('port', 1, 65_535)
        .optional()
        .describe('With image: the port that it listens on; published on the port of url, on the loopback only.'),
      cwd,
      env,
      ready: path({ names: [], families: [] })
        .optional()
        .describe('A path that answers below 500 once it is ready. Left out: it is when it takes connections.'),
      deadline: deadline(
        DESCRIPTOR_DEFAULTS.startDeadlineMs,
        `It has to be ready within this time. With image: ${DESCRIPTOR_DEFAULTS.imageDeadlineMs / 60_000}m.`,
      ),
    })
      .superRefine((written, context) => {
        // An image may have a command, too.
        const { command: argumentsOfImage, ...rest } = written
        checkForm(written.image === undefined ? written : rest, START_FORMS, context)
        if (written.image !== undefined && typeof argumentsOfImage === 'string') {
          context.addIssue({ code: 'custom', path: ['command'], message: 'must be a list of arguments beside image' })
        }
      })
      .meta({ anyOf: [{ required: ['command'] }, { required: ['image', 'port'] }] }),
  ],
  { error: START_ERROR },
)

export const stop = z.union(
  [
    shellText('a command for the shell'),
    mapping('a mapping with command', {
      command: command.describe('A command for sh -c, or a list of a program and its arguments.'),
      cwd,
      env,
      deadline: commandDeadline,
    }),
  ],
  { error: 'must be a command for the shell, or a mapping with command' },
)

const file = plainText('the path of a PEM file', 1_000)

export const tls = mapping('a mapping', {
  ca: file.optional().describe('PEM file of the authorities to trust, relative to this file. Left out: those of Node.'),
  cert: file.optional().describe('PEM file of a certificate of our own, with key.'),
  key: file.optional().describe('PEM file of its key.'),
  serverName: plainText('a host name', 253)
    .optional()
    .describe('Name that the certificate is for, where it is not that of url.'),
  insecure: z.boolean({ error: 'must be true or false' }).optional().describe('Take any certificate. Default: false.'),
}).superRefine((written, context) => {
  for (const [key, other] of [
    ['cert', 'key'],
    ['key', 'cert'],
  ] as const) {
    if (written[key] === undefined || written[other] !== undefined) continue
    context.addIssue({ code: 'custom', path: [other], message: `is missing: ${key} needs it` })
  }
})

const RESOURCE_FORMS: Forms = {
  forms: [
    { by: 'promql', needs: ['prometheus'] },
    { by: 'command', takes: COMMAND_KEYS },
  ],
  common: ['name', 'cores'],
}

const MEASURED_ANYWAY: readonly string[] = ['target', 'generator', 'postgres', 'redis']

const coresError = `must be a number above 0 and at most ${formatCount(DESCRIPTOR_LIMITS.cores)} (cores)`

export const resource = mapping('a mapping with name and either promql or command', {
  name: plainText('a name', 60)
    .refine((name) => !MEASURED_ANYWAY.includes(name), {
      error: `must be another name than ${MEASURED_ANYWAY.join(', ')}: those are what a run measures itself`,
    })
    .describe('What is measured: shop, database.'),
  cores: z
    .number({ error: coresError })
    .gt(0, { error: coresError })
    .max(DESCRIPTOR_LIMITS.cores, { error: coresError })
    .optional()
    .describe('Cores that it may use; a search for capacity counts with them. Left out: not known.'),
  promql: plainText('a PromQL query')
    .optional()
    .describe('An instant query whose result is one number: CPU seconds used so far.'),
  prometheus: template('the URL of a Prometheus', SCOPES.target)
    .optional()
    .describe('With promql: base URL of the Prometheus that is asked.'),
  command: command
    .optional()
    .describe('In place of promql: prints CPU seconds used so far, and behind them, if it likes, bytes of memory.'),
  cwd,
  env,
  deadline: commandDeadline,
})
  .superRefine((written, context) => {
    checkForm(written, RESOURCE_FORMS, context)
  })
  .meta(formsMeta(RESOURCE_FORMS))

const URL_ERROR = 'must be a URL such as http://127.0.0.1:8080'

export const url = template('a URL such as http://127.0.0.1:8080', SCOPES.target).superRefine((text, context) => {
  if (/^\{\{(?!\{\{)/.test(text)) return
  const filled = text.replaceAll(/\{\{[^}]*\}\}/g, '1')
  const parsed = URL.canParse(filled) ? new URL(filled) : null
  const issue = (message: string) => context.addIssue({ code: 'custom', message })
  if (parsed === null || !/^https?:\/\/[^/]/.test(text)) issue(URL_ERROR)
  else if (parsed.username !== '' || parsed.password !== '') {
    issue('must hold no user and password: send them as headers: {authorization: "Basic {{env.NAME}}"}')
  } else if (parsed.search !== '' || parsed.hash !== '' || /[?#]/.test(text)) issue('must end before ? and #')
})
