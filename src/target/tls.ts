/** TLS options of a descriptor with the files that they name read in. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { TlsMaterial } from '../core/target-access.ts'
import type { TlsOptions } from '../core/target-descriptor.ts'

/** Throws HarnessError USAGE with the file that can't be read. */
export function readTls(options: TlsOptions | null, folder: string): TlsMaterial | null {
  if (options === null) return null
  const { caFile, certFile, keyFile, serverName, insecure } = options
  return {
    ...(caFile !== null && { ca: readPem('tls.ca', caFile, folder) }),
    ...(certFile !== null && { cert: readPem('tls.cert', certFile, folder) }),
    ...(keyFile !== null && { key: readPem('tls.key', keyFile, folder) }),
    ...(serverName !== null && { serverName }),
    insecure,
  }
}

function readPem(key: string, file: string, folder: string): string {
  const path = resolve(folder, file)
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', { message: `${key}: ${path} can't be read: ${(cause as Error).message}` })
  }
}
