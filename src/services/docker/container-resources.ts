/**
 * CPU and memory of a server in a container. Where its processes can be seen from here (an engine on this Linux), they
 * are read like those of every other server of ours, so that figures compare; else the engine is asked.
 */
import { readFileSync } from 'node:fs'
import type { ResourceFigures } from '../../core/run-record.ts'
import { resourcesOfTree } from '../server/resources.ts'
import type { Container, ContainerState } from './engine.ts'

/** As the engine's API has them; of memory, the names of cgroup v2 and v1, of which one set is missing. */
export interface ContainerStats {
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } }
  readonly memory_stats: { readonly stats?: Partial<Record<'anon' | 'total_rss', number>> }
}

const NS_PER_SEC = 1e9

export function containerResources(container: Container, state: ContainerState): () => Promise<ResourceFigures | null> {
  const pid = state.State.Pid
  if (isProcessOf(pid, state.Id)) return () => Promise.resolve(resourcesOfTree(pid))
  return resourcesFromEngine(container)
}

/** An engine in a virtual machine, or outside of the container that we are in, counts its processes otherwise. */
function isProcessOf(pid: number, containerId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)
  } catch {
    return false
  }
}

/** The engine knows no peak of memory without the page cache: the largest value that was seen stands for it. */
export function resourcesFromEngine(container: Container): () => Promise<ResourceFigures | null> {
  let peakBytes = 0
  return async () => {
    try {
      const figures = figuresOfStats(await container.stats({ stream: false, 'one-shot': true }))
      if (figures === null) return null
      peakBytes = Math.max(peakBytes, figures.maxRssBytes)
      return { ...figures, maxRssBytes: peakBytes }
    } catch {
      return null
    }
  }
}

/** null for a container that doesn't run: the engine answers for it too, with nothing in it. */
export function figuresOfStats(stats: ContainerStats): ResourceFigures | null {
  const cpuNs = stats.cpu_stats.cpu_usage.total_usage
  if (cpuNs === 0) return null
  const memory = stats.memory_stats.stats
  return { cpuSeconds: cpuNs / NS_PER_SEC, maxRssBytes: memory?.anon ?? memory?.total_rss ?? 0 }
}
