/**
 * Ctrl-C at a terminal goes to every process of its foreground group. A tool that is run to its end (`cp`, `initdb`)
 * must not die of it: the harness alone decides what an interruption ends, and cleans up with such tools.
 */

/** Spread into the options of `spawnSync` and `execFileSync`, which take it although their types don't name it. */
export const IN_OWN_SESSION = { detached: true } as const
