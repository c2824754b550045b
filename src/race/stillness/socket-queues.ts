/**
 * Bytes that are under way to or from some processes: what came and was not read, connections that were not taken, and what
 * they wrote and the other end has not read. From the tables of the system (proc(5): /proc/net/tcp, tcp6).
 *
 * What a process wrote counts as read when the other end's queue is empty, and not when it was acknowledged: on the
 * loopback an acknowledgement may come 40 ms late. Unix sockets and pipes have no such figures.
 */
import { linkAt, numbersIn, readProc } from './proc-file.ts'

export interface SocketRow {
  readonly local: string
  readonly remote: string
  readonly isListening: boolean
  /** Bytes that were not acknowledged. */
  readonly sendQueue: number
  /** Bytes that were not read; of a listening one, connections that were not accepted. */
  readonly receiveQueue: number
  /** '0': nobody has taken the connection yet. */
  readonly inode: string
}

/** State, queues and inode; what waits for its port's end (06) belongs to nobody any more, and there may be thousands. */
const ROW = /^ *\d+: (\S+) (\S+) (?!06)([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) \S+ \S+ +\d+ +\d+ (\d+)/gm
const LISTENING = '0A'
/** Before the four bytes of an IPv4 address that stands in an IPv6 socket. */
const MAPPED = /^0000000000000000FFFF0000/

export function parseSocketTable(text: string): SocketRow[] {
  return [...text.matchAll(ROW)].map(([, local, remote, state, sent, received, inode]) => ({
    local: local!.replace(MAPPED, ''),
    remote: remote!.replace(MAPPED, ''),
    isListening: state === LISTENING,
    sendQueue: Number.parseInt(sent!, 16),
    receiveQueue: Number.parseInt(received!, 16),
    inode: inode!,
  }))
}

/** A text for each socket in whose queue something is, which names it and how much. */
export function pendingBytes(pids: readonly number[]): string[] {
  const inodes = socketsOf(pids)
  if (inodes.size === 0) return []
  return pendingIn(
    ['tcp', 'tcp6'].flatMap((name) => parseSocketTable(readTable(name, pids))),
    inodes,
  )
}

/** The processes may have a network of their own: it is asked by the first of them that is still there. */
function readTable(name: string, pids: readonly number[]): string {
  for (const pid of pids) {
    const table = readProc(`/proc/${pid}/net/${name}`)
    if (table !== null) return table
  }
  return ''
}

export function pendingIn(rows: readonly SocketRow[], inodes: ReadonlySet<string>): string[] {
  const byEnds = new Map(rows.map((row) => [`${row.local} ${row.remote}`, row]))
  return rows
    .filter(({ inode }) => inodes.has(inode))
    .flatMap((own) => {
      const other = own.isListening ? undefined : byEnds.get(`${own.remote} ${own.local}`)
      const left = other === undefined ? own.sendQueue : other.receiveQueue
      return [
        ...(own.receiveQueue > 0 ? [`${own.inode} in ${own.receiveQueue}`] : []),
        ...(left > 0 && !own.isListening ? [`${own.inode} out ${left}`] : []),
      ]
    })
}

function socketsOf(pids: readonly number[]): Set<string> {
  const inodes = new Set<string>()
  for (const pid of pids) {
    for (const file of numbersIn(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkAt(`/proc/${pid}/fd/${file}`) ?? '')?.[1]
      if (inode !== undefined) inodes.add(inode)
    }
  }
  return inodes
}
