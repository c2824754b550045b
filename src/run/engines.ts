/** The load engines by the names that the command line has for them. */
import type { LoadEngine } from '../load/load-engine.ts'
import { createAutocannonEngine } from '../load/autocannon/index.ts'
import { createK6Engine } from '../load/k6/index.ts'
import { openLoopEngine } from '../load/open-loop/index.ts'

export type EngineName = 'open' | 'autocannon' | 'k6'

export interface EngineChoice {
  readonly name: EngineName
  /** Processes of k6 that share the load; one where it isn't given. */
  readonly segments?: number
}

/** Throws HarnessError where what drives the load isn't there. */
export function loadEngine(
  { name, segments = 1 }: EngineChoice,
  env: Readonly<Record<string, string | undefined>>,
): LoadEngine {
  switch (name) {
    case 'open':
      return openLoopEngine
    case 'autocannon':
      return createAutocannonEngine()
    case 'k6':
      return createK6Engine({ segments, env })
  }
}
