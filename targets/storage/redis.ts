/**
 * Redis as the strategies use it: commands fail at once when the connection is down, and none is sent a second time by
 * itself, so that it is always known whether a script may have run.
 * Scripts are written a few at a time (gathered-writes.ts).
 * All keys of a sale share the hash tag `{sku}`; names are put together here and nowhere else.
 */
import { Redis } from 'ioredis'
import { GatheredWrites } from './gathered-writes.ts'
import { StoreFailure } from './store-failure.ts'

export interface RedisSettings {
  readonly url: string
  /** Prefix of every key of this run. */
  readonly keyPrefix: string
  /**
   * Whether commands that are under way at the same time share a connection, as they should. False: each has one to itself
   * until it is answered, so that a harness between can answer them in any order. True unless given.
   */
  readonly shares?: boolean
}

/** A Lua script; the text is constant and never holds input. */
export interface Script {
  readonly name: string
  readonly numberOfKeys: number
  readonly lua: string
}

type ScriptArgument = string | number

const CONNECT_DEADLINE_MS = 5_000
const RECONNECT_MS = 200

export interface RedisConnection {
  readonly client: Redis
  /** `{sku}:part` under the prefix of the run. */
  key(sku: string, part: string): string
  /** A key that belongs to no single sale. */
  sharedKey(part: string): string
  /** Runs a script by its digest. Throws StoreFailure; its effect is `none` when the script surely did not run. */
  run(script: Script, ...keysAndArguments: readonly ScriptArgument[]): Promise<unknown>
  /** Any other command; failures as for {@link run}. */
  command<Reply>(send: (client: Redis) => Promise<Reply>): Promise<Reply>
  stop(): void
}

type ScriptCommand = (...keysAndArguments: readonly ScriptArgument[]) => Promise<unknown>

export async function connectRedis(settings: RedisSettings, scripts: readonly Script[]): Promise<RedisConnection> {
  const client = await connect(settings, scripts)
  const clients = settings.shares === false ? new ClientForEach(client, () => connect(settings, scripts)) : null
  const writes = new GatheredWrites()

  async function command<Reply>(send: (client: Redis) => Promise<Reply>): Promise<Reply> {
    return clients === null ? await sent(client, send) : await clients.lend((one) => sent(one, send))
  }

  return {
    client,
    key: (sku, part) => `${settings.keyPrefix}{${sku}}:${part}`,
    sharedKey: (part) => settings.keyPrefix + part,
    run: (script, ...keysAndArguments) =>
      command((one) => {
        if (clients === null) writes.beforeWrite(one.stream)
        return (one as unknown as Readonly<Record<string, ScriptCommand>>)[script.name]!(...keysAndArguments)
      }),
    command,
    stop: () => (clients === null ? client.disconnect() : clients.stop()),
  }
}

async function connect({ url }: RedisSettings, scripts: readonly Script[]): Promise<Redis> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_DEADLINE_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
    connectionName: 'doorbuster-target',
  })
  // Each failed reconnect is an event; the callers learn of it by their own commands.
  client.on('error', () => {})
  for (const script of scripts) {
    client.defineCommand(script.name, { lua: script.lua, numberOfKeys: script.numberOfKeys })
  }
  try {
    await client.connect()
    return client
  } catch (error) {
    client.disconnect()
    throw new StoreFailure('redis', 'none', error)
  }
}

async function sent<Reply>(client: Redis, send: (client: Redis) => Promise<Reply>): Promise<Reply> {
  if (client.status !== 'ready') throw new StoreFailure('redis', 'none', new Error(`not connected: ${client.status}`))
  try {
    return await send(client)
  } catch (error) {
    throw new StoreFailure('redis', surelyNotRun(error) ? 'none' : 'unknown', error)
  }
}

/** A connection for each command that is under way; as many as there ever were at once. */
class ClientForEach {
  readonly #all: Redis[]
  readonly #idle: Redis[]
  readonly #connect: () => Promise<Redis>

  constructor(first: Redis, connect: () => Promise<Redis>) {
    this.#all = [first]
    this.#idle = [first]
    this.#connect = connect
  }

  async lend<Reply>(work: (client: Redis) => Promise<Reply>): Promise<Reply> {
    const client = this.#ready() ?? (await this.#another())
    try {
      return await work(client)
    } finally {
      this.#idle.push(client)
    }
  }

  stop(): void {
    for (const client of this.#all) client.disconnect()
  }

  /** One that lost its connection is not waited for: there can be others. */
  #ready(): Redis | undefined {
    for (;;) {
      const client = this.#idle.pop()
      if (client === undefined || client.status === 'ready') return client
      client.disconnect()
    }
  }

  async #another(): Promise<Redis> {
    const client = await this.#connect()
    this.#all.push(client)
    return client
  }
}

/** Refusals that Redis gives before it looks at the script. */
function surelyNotRun(error: unknown): boolean {
  return error instanceof Error && /^(LOADING|BUSY|NOAUTH|MISCONF|MASTERDOWN|READONLY) /.test(error.message)
}
