/** Runs what a k6 script declares in this process, with stand-ins for k6's modules that only tell what was asked of them. */

// oxlint-disable-next-line typescript/no-explicit-any -- JavaScript without types
type Untyped = any

/** Values of names that the script declares at its top level. */
export function evaluateScript<Names extends string>(
  script: string,
  names: readonly Names[],
  environment: Readonly<Record<string, string>> = {},
): Record<Names, Untyped> {
  const body = script.replaceAll(/^import .*$/gm, '').replaceAll(/^export /gm, '')
  const stubs = {
    SharedArray: SharedArrayStub,
    http: {},
    exec: {},
    Counter: Metric,
    Rate: Metric,
    Trend: Metric,
    sleep() {},
  }
  const parameters = [...Object.keys(stubs), '__ENV', 'open']
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the script is what is tested
  const run = new Function(...parameters, `${body}\nreturn { ${names.join(', ')} }`) as (...values: unknown[]) => never
  return run(...Object.values(stubs), environment, () => '[]')
}

/** A constructor that gives back the array itself. */
function SharedArrayStub(_name: string, make: () => readonly unknown[]): readonly unknown[] {
  return make()
}

class Metric {
  add(): void {}
}
