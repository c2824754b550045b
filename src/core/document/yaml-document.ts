/**
 * From the text of a YAML file to plain values that remember where they stood.
 *
 * Only what JSON can say is taken: mappings with plain keys, lists and scalars. Aliases are refused (a few lines of
 * them can expand to gigabytes), and so are tags, directives and several documents. Never throws: what is wrong comes
 * back as problems.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Document,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { Path, Place, Problem } from './problem.ts'

export interface YamlDocument {
  /** Plain values; undefined when there is nothing that can be read on. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where the value at a path begins, or the nearest thing around it that the file does hold. */
  placeOfValue(path: Path): Place
  /** Where the key at a path stands. */
  placeOfKey(path: Path): Place
}

const DEEPEST = 16
/** Characters. */
const LONGEST = 262_144

/** What the file is to be, for messages. */
export interface DocumentNoun {
  /** "a scenario" */
  readonly name: string
  /** What an empty file lacks: "a mapping with at least name, sale and steps". */
  readonly form: string
}

interface Offsets {
  readonly key: number
  readonly value: number
}

export function parseYamlDocument(text: string, fileName: string, noun: DocumentNoun): YamlDocument {
  const lines = new LineCounter()
  const reader = new DocumentReader(fileName, lines, noun)
  const value = reader.read(text)
  return {
    value,
    problems: reader.problems,
    placeOfValue: (path) => reader.place(reader.nearest(path).value),
    placeOfKey: (path) => reader.place(reader.nearest(path).key),
  }
}

class DocumentReader {
  readonly problems: Problem[] = []
  readonly #fileName: string
  readonly #lines: LineCounter
  readonly #noun: DocumentNoun
  readonly #offsets = new Map<string, Offsets>()

  constructor(fileName: string, lines: LineCounter, noun: DocumentNoun) {
    this.#fileName = fileName
    this.#lines = lines
    this.#noun = noun
  }

  read(text: string): unknown {
    if (text.length > LONGEST) {
      this.#report(0, [], `must be at most ${LONGEST} characters long, got ${text.length}`)
      return undefined
    }
    const documents = this.#parse(text)
    if (documents === null) return undefined
    const [document, ...others] = documents
    if (document === undefined || document.contents === null) {
      this.#report(0, [], `must be ${this.#noun.form}, got an empty file`)
      return undefined
    }
    this.#reportSyntax(documents)
    for (const other of others) {
      this.#report(other.range[0], [], `${this.#noun.name} file holds one document; here a second one begins`)
    }
    if (this.problems.length > 0) return undefined
    return this.#plain(document.contents, [])
  }

  place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return { label: `${this.#fileName}:${Math.max(line, 1)}:${Math.max(col, 1)}`, line, column: col }
  }

  nearest(path: Path): Offsets {
    for (let length = path.length; length >= 0; length--) {
      const offsets = this.#offsets.get(JSON.stringify(path.slice(0, length)))
      if (offsets) return offsets
    }
    return { key: 0, value: 0 }
  }

  #parse(text: string): Document.Parsed[] | null {
    try {
      const documents = parseAllDocuments(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        logLevel: 'silent',
        // Told by #mapping, which knows the path, and goes on.
        uniqueKeys: false,
      })
      return [...documents]
    } catch (error) {
      // The parser calls itself for each level of nesting.
      if (!(error instanceof RangeError)) throw error
      this.#report(0, [], `must be nested at most ${DEEPEST} levels deep`)
      return null
    }
  }

  #reportSyntax(documents: readonly Document.Parsed[]): void {
    for (const document of documents) {
      for (const { message, pos } of [...document.errors, ...document.warnings]) {
        this.#report(pos[0], [], `is not valid YAML: ${message}`)
      }
    }
  }

  #report(offset: number, path: Path, sentence: string): void {
    this.problems.push({ place: this.place(offset), path, sentence })
  }

  #plain(node: Node | null, path: Path): unknown {
    const at = node?.range?.[0] ?? this.nearest(path).value
    if (!this.#offsets.has(JSON.stringify(path))) this.#offsets.set(JSON.stringify(path), { key: at, value: at })
    if (path.length > DEEPEST) {
      this.#report(at, path.slice(0, 1), `must be nested at most ${DEEPEST} levels deep`)
      return null
    }
    if (isMap(node)) return this.#mapping(node, path)
    if (isSeq(node)) return this.#list(node, path)
    if (isScalar(node)) return node.value
    if (isAlias(node)) this.#report(at, path, `must be written out: aliases (*${node.source}) are not read`)
    return null
  }

  #mapping(node: YAMLMap, path: Path): unknown {
    const plain: Record<string, unknown> = {}
    for (const { key, value } of node.items as { key: Node | null; value: Node | null }[]) {
      const at = key?.range?.[0] ?? 0
      if (!isScalar(key) || !isPlainKey(key)) {
        this.#report(at, path, 'keys must be words or numbers')
        continue
      }
      const name = String(key.value)
      const inner = [...path, name]
      if (this.#offsets.has(JSON.stringify(inner))) this.#report(at, inner, 'is given twice')
      this.#offsets.set(JSON.stringify(inner), { key: at, value: value?.range?.[0] ?? at })
      // `__proto__` is a key like any other here: an assignment would set the prototype instead.
      Object.defineProperty(plain, name, {
        value: this.#plain(value, inner),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return plain
  }

  #list(node: YAMLSeq, path: Path): unknown {
    return (node.items as (Node | null)[]).map((item, i) => this.#plain(item, [...path, i]))
  }
}

function isPlainKey(key: Scalar): boolean {
  return typeof key.value === 'string' || (typeof key.value === 'number' && Number.isFinite(key.value))
}
