/**
 * Writes a Parquet file row group by row group, so that the memory needed doesn't grow with the file.
 * The footer holds one JSON document of ours and a checksum of the whole file (parquet-checksum.ts).
 */
import type { FileHandle } from 'node:fs/promises'
import type { Encoding, KeyValue, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { writeDurably } from './durable-file.ts'
import { CHECKSUM_ENTRY, checksumOf, sealFooter } from './parquet-checksum.ts'

/** Key of our JSON document in the footer. */
export const DOCUMENT_KEY = 'doorbuster'

/** DuckDB reads row groups in parallel and by batches of this size. */
export const ROWS_PER_GROUP = 122_880

type ColumnType = 'INT32' | 'DOUBLE' | 'BOOLEAN' | 'STRING'
type ColumnData = Int32Array | Float64Array | readonly (number | boolean | string | Uint8Array | null)[]

export interface ColumnLayout {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  readonly encoding: Encoding
}

export interface ParquetContents<Layout extends readonly ColumnLayout[]> {
  readonly layout: Layout
  readonly rows: number
  /** JSON-serialisable; stands in the footer. */
  readonly document: unknown
  /** One array a column, in the order of `layout`, for the rows [start, end). */
  readonly columns: (start: number, end: number) => readonly ColumnData[]
}

/** Throws HarnessError RESULTS_NOT_WRITABLE. */
export async function writeParquet<Layout extends readonly ColumnLayout[]>(
  path: string,
  contents: ParquetContents<Layout>,
): Promise<void> {
  await writeDurably(path, async (file) => {
    const footer: KeyValue[] = [{ key: DOCUMENT_KEY, value: JSON.stringify(contents.document) }, CHECKSUM_ENTRY]
    const bytes = new FileBytes(file)
    const parquet = new ParquetWriter({
      writer: bytes,
      schema: schemaOf(contents.layout),
      kvMetadata: footer,
      statistics: false,
    })
    for (let start = 0; start < contents.rows; start += ROWS_PER_GROUP) {
      const end = Math.min(start + ROWS_PER_GROUP, contents.rows)
      const data = contents.columns(start, end)
      const columnData = contents.layout.map(({ name, encoding }, index) => ({
        name,
        encoding,
        offsetIndex: false,
        data: data[index] as Int32Array | Float64Array | unknown[],
      }))
      await parquet.write({ columnData, rowGroupSize: ROWS_PER_GROUP })
    }
    await parquet.finish()
    await bytes.seal()
  })
}

function schemaOf(layout: readonly ColumnLayout[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: layout.length },
    ...layout.map(
      ({ name, type, nullable }): SchemaElement => ({
        name,
        repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
        ...(type === 'STRING' ? { type: 'BYTE_ARRAY', converted_type: 'UTF8' } : { type }),
      }),
    ),
  ]
}

/** The writer's sink: hands its buffer to the file after each row group. */
class FileBytes extends ByteWriter {
  readonly #file: FileHandle
  #checksum = 0

  constructor(file: FileHandle) {
    super(1 << 20)
    this.#file = file
  }

  async flush(): Promise<void> {
    const chunk = this.getBytes()
    this.#checksum = checksumOf(chunk, this.#checksum)
    await this.#file.writeFile(chunk)
    this.index = 0
  }

  /** After `ParquetWriter.finish()`, when the buffer holds the footer. */
  async seal(): Promise<void> {
    const footer = this.getBytes()
    sealFooter(footer, this.#checksum)
    await this.#file.writeFile(footer)
  }
}
