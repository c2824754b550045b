/** Loaded before a program (`node --import`): writes the most memory that it held, in bytes, to the file PEAK_MEMORY_FILE. */
import { writeFileSync } from 'node:fs'

const BYTES_PER_KIB = 1024
const file = process.env['PEAK_MEMORY_FILE']!

process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS * BYTES_PER_KIB)))
