/**
 * JSON for headers that strangers wrote: a key given twice is refused, integers keep all their digits, and `__proto__` is a name
 * like any other. What `JSON.parse` refuses is refused here too.
 */

export type StrictJson = string | boolean | null | bigint | number | StrictJson[] | Map<string, StrictJson>

/** Deep enough for any header; deeper input is refused before it can exhaust the stack. */
const DEEPEST = 64

/** Integers without fraction or exponent come as bigint, other numbers as number, objects as Map. Throws with the position. */
export function parseStrictJson(text: string): StrictJson {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.space()
  if (reader.at < text.length) reader.fail('more text after the end')
  return value
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const WORDS: Record<string, boolean | null> = { t: true, f: false, n: null }
/** More than any 64-bit number needs; turning millions of digits into a number would take hours. */
const LONGEST_NUMBER = 40

class Reader {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  value(depth: number): StrictJson {
    if (depth > DEEPEST) this.fail(`nested more than ${DEEPEST} deep`)
    this.space()
    const next = this.text[this.at]
    if (next === '{') return this.object(depth)
    if (next === '[') return this.array(depth)
    if (next === '"') return this.string()
    if (next !== undefined && Object.hasOwn(WORDS, next)) return this.word(WORDS[next]!)
    return this.number()
  }

  object(depth: number): Map<string, StrictJson> {
    const made = new Map<string, StrictJson>()
    this.list('{', '}', () => {
      const key = this.string()
      if (made.has(key)) this.fail(`the key ${JSON.stringify(key)} stands twice`)
      this.take(':')
      made.set(key, this.value(depth + 1))
    })
    return made
  }

  array(depth: number): StrictJson[] {
    const made: StrictJson[] = []
    this.list('[', ']', () => made.push(this.value(depth + 1)))
    return made
  }

  list(open: string, close: string, item: () => void): void {
    this.take(open)
    this.space()
    if (this.text[this.at] === close) {
      this.at++
      return
    }
    for (;;) {
      item()
      this.space()
      const next = this.text[this.at++]
      if (next === close) return
      if (next !== ',') this.fail(`expected "," or "${close}"`)
    }
  }

  string(): string {
    this.take('"')
    const from = this.at - 1
    for (let code = this.code(); code !== QUOTE; code = this.code()) {
      if (Number.isNaN(code)) this.fail('a string does not end')
      this.at += code === BACKSLASH ? 2 : 1
    }
    this.at++
    try {
      return JSON.parse(this.text.slice(from, this.at)) as string
    } catch {
      return this.fail('a string has a bad escape or a control character before')
    }
  }

  word(value: boolean | null): boolean | null {
    const name = String(value)
    if (!this.text.startsWith(name, this.at)) this.fail(`expected "${name}"`)
    this.at += name.length
    return value
  }

  number(): bigint | number {
    const from = this.at
    while (this.at - from <= LONGEST_NUMBER && '+-.0123456789eE'.includes(this.text[this.at] ?? ' ')) this.at++
    const digits = this.text.slice(from, this.at)
    if (digits.length > LONGEST_NUMBER) this.fail('a number is too long')
    const found = NUMBER.exec(digits)
    if (!found) return this.fail(from === this.text.length ? 'ends too early' : 'expected a value')
    return found[1] || found[2] ? Number(digits) : BigInt(digits)
  }

  code(): number {
    return this.text.charCodeAt(this.at)
  }

  take(mark: string): void {
    this.space()
    if (this.text[this.at] !== mark) this.fail(`expected ${JSON.stringify(mark)}`)
    this.at++
  }

  space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? '.')) this.at++
  }

  fail(what: string): never {
    throw new SyntaxError(`${what} at character ${this.at}`)
  }
}
