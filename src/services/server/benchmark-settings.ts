/**
 * The settings that runs are measured with, whoever starts the server: `local` and `embedded` on a Unix socket,
 * `docker` on a port. docker-compose.yml repeats them, and a test compares the two. Pure.
 *
 * fsync stays on: an order that survives only because nobody pulled the plug is no durable order.
 */
import type { ServiceSettings } from '../service.ts'

const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  checkpoint_timeout: '30min',
  jit: 'off',
  fsync: 'on',
  max_connections: '200',
  // In the data folder, so that nothing stays in /dev/shm after a kill, and nothing asks for more than a container has.
  dynamic_shared_memory_type: 'mmap',
}

/** The C locale: no difference between machines, and the cheapest comparison. */
export const INITDB_SETTINGS: readonly string[] = ['--encoding=UTF8', '--locale=C', '--no-sync']

const REDIS_SETTINGS: Readonly<Record<string, string>> = {
  save: '',
  appendonly: 'yes',
  'maxmemory-policy': 'noeviction',
}

/** As arguments of `postgres`. */
export function postgresArgs(settings: ServiceSettings, more: Readonly<Record<string, string>>): string[] {
  const all = { ...POSTGRES_SETTINGS, ...more, synchronous_commit: settings.synchronousCommit }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** As arguments of `redis-server`. */
export function redisArgs(settings: ServiceSettings, more: Readonly<Record<string, string>>): string[] {
  const all = { ...more, ...REDIS_SETTINGS, appendfsync: settings.appendfsync }
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
}
