/** Whether a command line leads to a run, and so may need a Redis. `--help` and the like are never kept waiting. Pure. */
const RUNNING_COMMANDS = ['demo', 'run', 'serve', 'compare', 'gate', 'capacity', 'race', 'conformance']
const HELP = ['--help', '-h', 'help']
/** Services that a Redis of the set-up is none of. */
const OTHER_SERVICES = ['external', 'local', 'docker']

/** @param {readonly string[]} argv @returns {'no' | 'want' | 'insist'} */
export function redisNeed(argv) {
  const command = argv.find((argument) => !argument.startsWith('-'))
  if (!RUNNING_COMMANDS.includes(command) || argv.some((argument) => HELP.includes(argument))) return 'no'
  if (OTHER_SERVICES.includes(servicesOption(argv))) return 'no'
  return command === 'demo' ? 'insist' : 'want'
}

/**
 * The tests of the Redis that the set-up brings need it even where the machine has another, once they are required.
 *
 * @param {Record<string, string | undefined>} env @returns {'insist' | 'own'}
 */
export function testsNeed(env) {
  return (env.DOORBUSTER_REQUIRE ?? '').split(',').includes('embedded') ? 'own' : 'insist'
}

function servicesOption(argv) {
  const at = argv.findIndex((argument) => argument === '--services' || argument.startsWith('--services='))
  return at === -1 ? undefined : (argv[at].split('=')[1] ?? argv[at + 1])
}
