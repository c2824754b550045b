/** The load engines by the names that the command line has for them. */
import type { LoadEngine } from '../load/load-engine.ts'
import { createAutocannonEngine } from '../load/autocannon/index.ts'
import { openLoopEngine } from '../load/open-loop/index.ts'

export const ENGINE_NAMES = ['open', 'autocannon'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

export interface EngineChoice {
  readonly name: EngineName
}

export function loadEngine({ name }: EngineChoice): LoadEngine {
  switch (name) {
    case 'open':
      return openLoopEngine
    case 'autocannon':
      return createAutocannonEngine()
  }
}
