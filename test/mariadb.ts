/** A private MariaDB for tests: in a temporary folder, on a Unix socket alone, gone with the test. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { findProgram, startDaemon } from './daemon.ts'

export interface StartedMariaDb extends AsyncDisposable {
  /** Of the database `test`, with a user and a password of its own. */
  readonly url: string
}

export const MARIADB_PASSWORD = 'correct-horse'
const START_WITHIN_MS = 30_000

/** What is missing, in words; null: it can be started. */
export function missingMariaDb(): string | null {
  const missing = ['mariadbd', 'mariadb-install-db'].filter((program) => findProgram(program) === null)
  return missing.length === 0 ? null : `${missing.join(' and ')} not found (apt-get install mariadb-server)`
}

export async function startMariaDb(): Promise<StartedMariaDb> {
  const folder = mkdtempSync(join(tmpdir(), 'db-maria-'))
  const data = join(folder, 'data')
  const socket = join(folder, 'socket')
  const log = join(folder, 'log')
  const user = process.getuid?.() === 0 ? ['--user=root'] : []
  const made = spawnSync(
    findProgram('mariadb-install-db')!,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...user],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`)
  const daemon = startDaemon(
    findProgram('mariadbd')!,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--log-error=${log}`,
      '--skip-networking',
      '--innodb-buffer-pool-size=64M',
      ...user,
    ],
    [folder],
  )
  try {
    const rootUrl = `mysql://root@localhost?socketPath=${encodeURIComponent(socket)}`
    const root = await untilItAnswers(rootUrl, daemon.exitCode, log)
    await root.query('CREATE DATABASE test CHARACTER SET utf8mb4')
    await root.query(`CREATE USER shop@localhost IDENTIFIED BY '${MARIADB_PASSWORD}'`)
    await root.query('GRANT ALL ON test.* TO shop@localhost')
    await root.end()
  } catch (error) {
    await daemon.stop()
    throw error
  }
  return {
    url: `mysql://shop:${MARIADB_PASSWORD}@localhost/test?socketPath=${encodeURIComponent(socket)}`,
    [Symbol.asyncDispose]: daemon.stop,
  }
}

async function untilItAnswers(url: string, exitCode: () => number | null, log: string) {
  const deadline = performance.now() + START_WITHIN_MS
  for (;;) {
    try {
      return await createConnection({ uri: url })
    } catch (error) {
      if (exitCode() !== null || performance.now() > deadline) {
        throw new Error(`mariadbd does not answer:\n${readFileSync(log, 'utf8').slice(-2_000)}`, { cause: error })
      }
    }
    await sleep(50)
  }
}
