/** How quiet a machine was before something was measured on it: what others do at the time is in every figure. */

/** A process of somebody else that kept a core busy. */
export interface HeavyProcess {
  readonly pid: number
  /** Its program's name, without arguments. */
  readonly name: string
  /** CPU time in cores: 0.5 is half of one core, 2 is two whole ones. */
  readonly cores: number
}

export interface MachineState {
  /** null: this system does not say. */
  readonly quiet: boolean | null
  /** Of all cores together, 0..1. */
  readonly idleShare: number | null
  /** Taken away by the host of a virtual machine, 0..1. */
  readonly stealShare: number | null
  /** The heaviest first; only processes that can be seen from here. */
  readonly heavy: readonly HeavyProcess[]
  /** How long it was waited for. */
  readonly waitedMs: number
}
