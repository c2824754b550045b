/** What the server says over real sockets, and what it does about those that don't listen. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { compiledModuleUrl } from '../core/compiled.ts'
import { type LiveServer, type LiveServerOptions, startLiveServer } from './live-server.ts'
import { BEGAN_AT_MS, look } from './testing/telemetry.ts'

async function serving(options: Partial<LiveServerOptions> = {}): Promise<LiveServer> {
  const server = await startLiveServer({ port: 0, ...options })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** `fetch` sets the Host header itself. */
async function statusFor(url: string, host: string, method = 'GET'): Promise<number> {
  const asked = request(url, { method, headers: { host } }).end()
  const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }]
  response.resume()
  return response.statusCode
}

/** Events as they come: `[name, data]`. Reads `count` of them. */
async function events(url: string, count: number, onOpen: () => void = () => {}): Promise<[string, unknown][]> {
  const leave = new AbortController()
  const response = await fetch(`${url}events`, { signal: leave.signal })
  onOpen()
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.split('\n\n').length > count) break
  }
  leave.abort()
  return text.split('\n\n').slice(0, count).map(parsed)
}

function parsed(event: string): [string, unknown] {
  const name = /^event: (.*)$/m.exec(event)?.[1] ?? 'message'
  return [name, JSON.parse(/^data: (.*)$/m.exec(event)![1]!)]
}

const at = (second: number, sentence = 'right so far') => look({ atMs: BEGAN_AT_MS + second * 1_000, sentence })

describe('the live server', () => {
  it('gives a newcomer what came so far, then what comes', async () => {
    const server = await serving()
    server.take(at(0))
    server.take(at(1))
    expect(await events(server.url, 2, () => server.take(at(2)))).toEqual([
      ['past', [at(0), at(1)]],
      ['message', at(2)],
    ])
  })

  it('has the last at /telemetry.json, and null before the first', async () => {
    const server = await serving()
    const last = async (): Promise<unknown> => await (await fetch(`${server.url}telemetry.json`)).json()
    expect(await last()).toBeNull()
    server.take(at(5))
    expect(await last()).toEqual(at(5))
  })

  it('answers at paths that were added, and says why where that fails', async () => {
    const server = await serving({
      answers: {
        '/metrics': ({ accept }) => Promise.resolve({ contentType: 'text/plain', body: `for ${accept}` }),
        '/broken': () => Promise.reject(new Error('no registry')),
      },
    })
    const ask = async (path: string): Promise<[number, string]> => {
      const response = await fetch(server.url + path, { headers: { accept: 'text/x' } })
      return [response.status, await response.text()]
    }
    expect(await ask('metrics?x=1')).toEqual([200, 'for text/x'])
    expect(await ask('broken')).toEqual([500, 'no registry\n'])
    expect(await ask('nowhere')).toEqual([404, 'there is /, /telemetry.json, /metrics, /broken, /events\n'])
  })

  it('serves one page that may load nothing from elsewhere, and no other page may read it', async () => {
    const { headers } = await fetch((await serving()).url)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-/)
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('answers who asks for it by its own name, and nobody else, and nothing but questions', async () => {
    const { url } = await serving()
    expect(await statusFor(url, 'localhost:1')).toBe(200)
    expect(await statusFor(url, 'evil.example')).toBe(403)
    expect(await statusFor(`${url}events`, 'evil.example')).toBe(403)
    expect(await statusFor(url, 'localhost', 'POST')).toBe(405)
  })

  it('drops a reader that does not read, and keeps the one that does', async () => {
    const server = await serving()
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1')
    idle.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(idle, 'readable')
    const told = 100
    const characters = 1e6
    for (let second = 0; second < told; second++) {
      server.take(at(second, 'x'.repeat(characters)))
      await nextTurn()
    }
    let received = 0
    idle.on('error', () => {})
    idle.on('data', (chunk) => (received += chunk.length))
    await once(idle, 'close')
    expect(received).toBeLessThan((told * characters) / 2)
    expect(await events(server.url, 1)).toMatchObject([['past', {}]])
  })

  it('closes although somebody still reads', async () => {
    const server = await startLiveServer({ port: 0 })
    const reader = await fetch(`${server.url}events`)
    await server[Symbol.asyncDispose]()
    expect(await reader.text()).toBe('event: past\ndata: []\n\n')
  })

  it('keeps no process alive, although somebody reads', async () => {
    const module = compiledModuleUrl(import.meta.url, './live-server.ts').href
    const script = `
      import { startLiveServer } from ${JSON.stringify(module)}
      console.log((await startLiveServer({ port: 0 })).url)
      process.stdin.once('data', () => process.stdin.destroy())`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const reader = await fetch(`${url}events`)
    child.stdin.write('go\n')
    expect(await ended).toEqual([0, null])
    await reader.body!.cancel().catch(() => undefined)
  })

  it('says so when it cannot listen there', async () => {
    const port = Number(new URL((await serving()).url).port)
    await expect(startLiveServer({ port })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      exitCode: 5,
      message: `cannot listen on 127.0.0.1:${port}: another process listens there`,
    })
    await expect(startLiveServer({ port: 0, host: '192.0.2.1' })).rejects.toThrow('this machine has no such address')
  })
})
