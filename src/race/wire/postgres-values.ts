/** Values of Postgres as people read them, whichever of the two formats they were sent in. Pure. */
import { hexadecimal } from './short-line.ts'

/** Of a value on the wire; 0 is text. */
const BINARY = 1

/** Type oids as every Postgres has them (pg_type.dat). */
const BOOL = 16
const INT8 = 20
const INT2 = 21
const INT4 = 23
const OID = 26
const UUID = 2950
/** "char", name, text, json, unknown, bpchar, varchar: binary is the text itself. */
const TEXTS: ReadonlySet<number> = new Set([18, 19, 25, 114, 705, 1042, 1043])

/** @param type its oid; 0: not known. Binary values of types that are not known here are in hexadecimal. */
export function valueText(value: Buffer | null, format: number, type: number): string {
  if (value === null) return 'NULL'
  return format === BINARY ? binaryText(value, type) : value.toString()
}

/** Format of one of several values: none is said (all text), one for all, or one for each. */
export function formatAt(formats: readonly number[], index: number): number {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 0
}

function binaryText(value: Buffer, type: number): string {
  if (TEXTS.has(type)) return value.toString()
  if (type === BOOL && value.length === 1) return value[0] === 0 ? 'false' : 'true'
  if (type === INT2 && value.length === 2) return String(value.readInt16BE(0))
  if (type === INT4 && value.length === 4) return String(value.readInt32BE(0))
  if (type === OID && value.length === 4) return String(value.readUInt32BE(0))
  if (type === INT8 && value.length === 8) return String(value.readBigInt64BE(0))
  if (type === UUID && value.length === 16) return uuidText(value.toString('hex'))
  return hexadecimal(value)
}

function uuidText(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
