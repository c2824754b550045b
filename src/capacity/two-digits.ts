/** A figure of which only two digits are known, as a person reads it: "120", "0.15", and never "1.2e+2". */
export function twoDigits(value: number): string {
  return String(Number(value.toPrecision(2)))
}
