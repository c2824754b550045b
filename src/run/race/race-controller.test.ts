import { beforeEach, describe, expect, it } from 'vitest'
import type { StoreCall } from '../../race/store-call.ts'
import { GatedStores } from './gated-stores.ts'
import { type Crowd, RaceController } from './race-controller.ts'
import { type ScriptedStore, scriptedStore } from './testing/scripted-store.ts'

let stores: GatedStores
let store: ScriptedStore
let controller: RaceController
let inside: string[]

const crowd: Crowd = {
  inside: () => inside,
  markedBy: ({ values }: StoreCall) => values.filter((value) => value.startsWith('buyer')),
}

beforeEach(async () => {
  stores = new GatedStores()
  store = await scriptedStore(stores)
  controller = new RaceController(stores, new AbortController().signal)
  controller.attend(async () => true)
  inside = []
  controller.begin(crowd)
})

function offered(): string[] {
  return controller.offered().map(({ event, call }) => `${event}: ${call.text}`)
}

async function letGo(event: string) {
  return await controller.letGo(controller.offered().find((named) => named.event === event)!)
}

describe('a call', () => {
  it('is the doing of whoever was let go, and numbered in each order anew', async () => {
    inside = ['buyer 1']
    store.send({ text: 'SELECT' })
    await controller.settleDown('buyer 1')
    store.onDelivered = () => void store.send({ text: 'UPDATE' })
    expect((await letGo('buyer 1 #1')).reply?.text).toBe('1 row: SELECT')
    expect(offered()).toEqual(['buyer 1 #2: UPDATE'])
  })

  it('is no longer the doing of a buyer who was answered', async () => {
    inside = ['buyer 1']
    store.send({ text: 'SELECT' })
    await controller.settleDown('buyer 1')
    store.onDelivered = () => {
      inside = []
      store.send({ text: 'DEL' })
    }
    await letGo('buyer 1 #1')
    expect(offered()).toEqual(['after buyer 1 #1: DEL'])
  })

  it('belongs to a buyer who waited within the server and was let go on by an answer', async () => {
    inside = ['buyer 1']
    store.send({ text: 'SELECT' })
    await controller.settleDown('buyer 1')
    inside = ['buyer 1', 'buyer 2']
    await controller.settleDown('buyer 2')
    store.onDelivered = () => {
      inside = ['buyer 2']
      store.send({ text: 'SELECT' })
    }
    await letGo('buyer 1 #1')
    expect(offered()).toEqual(['buyer 2 #1: SELECT'])
  })

  it('belongs to the buyer whose id it holds, whatever it came of', async () => {
    inside = ['buyer 1', 'buyer 2']
    store.send({ text: 'one' })
    await controller.settleDown('buyer 1')
    store.onDelivered = () => void store.send({ text: 'two', values: ['buyer 2'] })
    await letGo('buyer 1 #1')
    expect(offered()).toEqual(['buyer 2 #1: two'])
  })

  it('stands behind an earlier one of its connection', async () => {
    inside = ['buyer 1']
    store.send({ text: 'first', connection: 7 })
    store.send({ text: 'second', connection: 7 })
    await controller.settleDown('buyer 1')
    expect(offered()).toEqual(['buyer 1 #1: first'])
    await letGo('buyer 1 #1')
    expect(offered()).toEqual(['buyer 1 #2: second'])
  })

  it('that belongs to its connection passes by itself', async () => {
    store.send({ text: 'SET', isSetUp: true })
    await controller.settleDown('buyer 1')
    expect([store.delivered, offered()]).toEqual([['SET'], []])
  })
})

describe('a lock', () => {
  it('is waited for, and whoever lets it go hears what came back with it', async () => {
    inside = ['buyer 1', 'buyer 2']
    const commit = store.send({ text: 'COMMIT', values: ['buyer 1'] })
    const update = store.send({ text: 'UPDATE', values: ['buyer 2'] })
    await controller.settleDown('buyer 1')
    store.waiting.add(update)
    expect(await letGo('buyer 2 #1')).toEqual({ reply: null, released: [] })
    expect(offered()).toEqual(['buyer 1 #1: COMMIT'])
    store.onDelivered = (call) => {
      if (call === commit) inside = ['buyer 2']
    }
    const executed = controller.letGo(controller.offered()[0]!)
    store.waiting.delete(update)
    store.reply(update)
    const { reply, released } = await executed
    expect(reply?.text).toBe('1 row: COMMIT')
    expect(released.map(({ named, reply: came }) => [named.event, came.text])).toEqual([
      ['buyer 2 #1', '1 row: UPDATE'],
    ])
  })
})

describe('a loop that looks for work', () => {
  it('is not offered again until somebody has changed what it may find', async () => {
    store.send({ text: 'look', access: 'read' })
    await controller.settleDown('background')
    store.onDelivered = ({ text }) => {
      if (text === 'look') store.send({ text: 'look', access: 'read' })
    }
    await letGo('background #1')
    expect(offered()).toEqual([])
    inside = ['buyer 1']
    store.send({ text: 'UPDATE', values: ['buyer 1'] })
    await controller.settleDown('buyer 1')
    expect(offered()).toEqual(['buyer 1 #1: UPDATE'])
    await letGo('buyer 1 #1')
    expect(offered()).toEqual(['background #2: look'])
  })

  it('comes to rest', async () => {
    store.send({ text: 'look', access: 'read' })
    await controller.settleDown('background')
    store.onDelivered = () => void store.send({ text: 'look', access: 'read' })
    await controller.letBackgroundRest(10)
    expect(store.executed).toEqual(['look'])
  })
})

describe('work of the harness', () => {
  it('lets everything go until it is done, what looks in vain in turns', async () => {
    const looks = { one: 0, two: 0 }
    let done: () => void = () => {}
    const work = new Promise<void>((resolve) => {
      done = resolve
    })
    store.onDelivered = ({ text }) => {
      looks[text as 'one' | 'two'] += 1
      if (looks.one > 2 && looks.two > 2) done()
      else store.send({ text, access: 'read' })
    }
    store.send({ text: 'one', access: 'read' })
    store.send({ text: 'two', access: 'read' })
    await controller.letAllUntil(work)
    expect(Math.min(looks.one, looks.two)).toBe(3)
  })
})

it('which stores actors share connections to is known', async () => {
  inside = ['buyer 1', 'buyer 2']
  store.send({ text: 'a', connection: 7, values: ['buyer 1'] })
  store.send({ text: 'b', connection: 7, values: ['buyer 2'] })
  await controller.settleDown('buyer 1')
  expect(controller.sharedConnections).toEqual(['postgres'])
  expect(controller.takeSent()).toEqual(['postgres'])
  expect(controller.takeSent()).toEqual([])
})

describe('a reply that is handed on by itself', () => {
  it('stays until then, while another call goes and another buyer comes', async () => {
    inside = ['buyer 1', 'buyer 2']
    store.send({ text: 'one', values: ['buyer 1'] })
    await controller.settleOnly('buyer 1')
    const [first] = controller.offered()
    expect(await controller.letThroughOnly(first!)).toEqual({ text: '1 row: one', isError: false })
    store.send({ text: 'two', values: ['buyer 2'] })
    await controller.settleOnly('buyer 2')
    await controller.letThroughOnly(controller.offered()[0]!)
    expect([store.executed, store.delivered]).toEqual([['one', 'two'], []])
    expect(controller.kept.map(({ event }) => event)).toEqual(['buyer 1 #1', 'buyer 2 #1'])
    store.onDelivered = () => void store.send({ text: 'three', values: [] })
    expect((await controller.handOn(controller.kept[1]!)).text).toBe('1 row: two')
    expect(store.delivered).toEqual(['two'])
    expect(offered()).toEqual(['buyer 2 #2: three'])
  })

  it('comes behind those that were sent before it on its connection, whose calls may go', async () => {
    inside = ['buyer 1', 'buyer 2']
    const connection = stores.nextId()
    store.send({ text: 'one', values: ['buyer 1'], connection })
    store.send({ text: 'two', values: ['buyer 2'], connection })
    await controller.settleOnly('buyer 1')
    expect(offered()).toEqual(['buyer 1 #1: one'])
    await controller.letThroughOnly(controller.offered()[0]!)
    expect(offered()).toEqual(['buyer 2 #1: two'])
    await controller.letThroughOnly(controller.offered()[0]!)
    expect(controller.kept.map(({ event }) => event)).toEqual(['buyer 1 #1'])
    await controller.handOn(controller.kept[0]!)
    expect(controller.kept.map(({ event }) => event)).toEqual(['buyer 2 #1'])
  })
})
