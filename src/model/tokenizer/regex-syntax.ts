/**
 * The regular expressions of tokenizer.json: Oniguruma's, in Ruby's syntax. They are read into a tree, whose sets of characters
 * are written as JavaScript's `v` flag reads them.
 */

import { characterSet, escapeSet, posixSet } from './regex-sets.ts'

export type Node =
  /** One character of a set; `source` is a class, an escape or a character. */
  | { readonly kind: 'set'; readonly source: string }
  /** A place in the text, such as its start. */
  | { readonly kind: 'place'; readonly source: string }
  | { readonly kind: 'look'; readonly open: string; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'either'; readonly options: readonly Node[] }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number; readonly mode: '' | '?' | '+' }

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly extended: boolean
}

const LOOKS = ['?=', '?!', '?<=', '?<!']
const PLACES: Record<string, string> = { A: '^', z: '$', Z: '(?=\\n?$)', b: 'b', B: 'B' }
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27 }
const DEEPEST = 50
const LONGEST = 20_000

/** Throws what is wrong, or what is not supported. */
export function parseRegex(source: string): Node {
  if (source.length > LONGEST) throw new Error(`it has ${source.length} characters, more than ${LONGEST}`)
  const reader = new Reader([...source.toWellFormed()])
  const made = reader.either({ ignoreCase: false, dotAll: false, extended: false }, 0)
  if (!reader.done) throw new Error('it closes a group that it did not open')
  return made
}

class Reader {
  readonly #text: readonly string[]
  #at = 0

  constructor(text: readonly string[]) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  either(flags: Flags, depth: number): Node {
    if (depth > DEEPEST) throw new Error(`it nests more than ${DEEPEST} groups`)
    const options: Node[] = []
    let items: Node[] = []
    while (!this.done && this.#peek() !== ')') {
      if (this.#take('|')) {
        options.push(sequence(items))
        items = []
        continue
      }
      const switched = this.#switches(flags)
      if (switched) {
        items.push(this.either(switched, depth + 1))
        continue
      }
      const item = this.#item(flags, depth)
      if (item) items.push(this.#repeated(item))
    }
    options.push(sequence(items))
    return options.length === 1 ? options[0]! : { kind: 'either', options }
  }

  /** `(?i)` changes the rest of its group, which becomes a group of its own: a(?i)b|c is a(?i:b|c). */
  #switches(flags: Flags): Flags | undefined {
    const found = /^\(\?([imx]*)(?:-([imx]+))?\)/.exec(this.#ahead(12))
    if (!found) return undefined
    this.#at += found[0].length
    return withFlags(flags, found[1]!, found[2] ?? '')
  }

  #item(flags: Flags, depth: number): Node | undefined {
    const next = this.#next()
    if (flags.extended && /^\s$/.test(next)) return undefined
    if (flags.extended && next === '#') {
      while (!this.done && this.#peek() !== '\n') this.#at++
      return undefined
    }
    if (next === '(') return this.#group(flags, depth)
    if (next === '[') return { kind: 'set', source: this.#class(flags, 0) }
    if (next === '.') return { kind: 'set', source: flags.dotAll ? '[\\s\\S]' : '[^\\n]' }
    if (next === '^') return { kind: 'place', source: '(?<=^|\\n(?=[\\s\\S]))' }
    if (next === '$') return { kind: 'place', source: '(?=\\n|$)' }
    if (next === '\\') return this.#escape(flags)
    if ('*+?'.includes(next)) throw new Error(`"${next}" stands where there is nothing to repeat`)
    return { kind: 'set', source: characterSet(next, flags.ignoreCase) }
  }

  #group(flags: Flags, depth: number): Node | undefined {
    const look = LOOKS.find((open) => this.#takes(open))
    if (look) return { kind: 'look', open: `(${look}`, body: this.#body(flags, depth) }
    if (this.#takes('?#')) {
      while (!this.done && !this.#take(')')) this.#at++
      return undefined
    }
    if (this.#takes('?>')) return { kind: 'atomic', body: this.#body(flags, depth) }
    if (this.#peek() !== '?') return this.#body(flags, depth)
    const named = /^\?(?:<[A-Za-z_]\w*>|([imx]*)(?:-([imx]+))?:)/.exec(this.#ahead(80))
    if (!named) throw new Error(`a group that begins with "(${this.#ahead(3)}" is not supported`)
    this.#at += named[0].length
    return this.#body(withFlags(flags, named[1] ?? '', named[2] ?? ''), depth)
  }

  #body(flags: Flags, depth: number): Node {
    const body = this.either(flags, depth + 1)
    if (!this.#take(')')) throw new Error('a group does not end')
    return body
  }

  #escape(flags: Flags): Node {
    const name = this.#peek()
    if (name !== undefined && Object.hasOwn(PLACES, name)) {
      this.#at++
      const place = PLACES[name]!
      return { kind: 'place', source: place === 'b' || place === 'B' ? wordEdge(place) : place }
    }
    const { code, source } = this.#escaped()
    return { kind: 'set', source: code === undefined ? source : characterSet(String.fromCodePoint(code), flags.ignoreCase) }
  }

  /** What follows a backslash, inside a class or outside: one character, or a set. */
  #escaped(): { code?: number; source: string } {
    const name = this.#next()
    if (name === 'p' || name === 'P') return { source: this.#property(name === 'P') }
    const known = escapeSet(`\\${name}`)
    if (known !== undefined) return { source: known }
    const hex = /^(?:x\{([0-9a-f]{1,6})\}|x([0-9a-f]{1,2})|u([0-9a-f]{4}))/i.exec(name + this.#ahead(9))
    if (hex) {
      this.#at += hex[0].length - 1
      const code = Number.parseInt((hex[1] ?? hex[2] ?? hex[3])!, 16)
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) throw new Error(`${JSON.stringify(hex[0])} is no character`)
      return { code, source: '' }
    }
    if (Object.hasOwn(CONTROLS, name)) return { code: CONTROLS[name]!, source: '' }
    if (name === '0' && !/^[0-9]/.test(this.#peek() ?? '')) return { code: 0, source: '' }
    if (/^[A-Za-z0-9]$/.test(name)) throw new Error(`"\\${name}" is not supported`)
    return { code: name.codePointAt(0)!, source: '' }
  }

  #property(negated: boolean): string {
    const found = /^\{(\^?)([A-Za-z0-9_ =-]{1,60})\}/.exec(this.#ahead(64))
    if (!found) throw new Error('"\\p" is not followed by a property in braces')
    this.#at += found[0].length
    const known = escapeSet(`\\p{${found[2]}}`)
    if (known === undefined) throw new Error(`the property \\p{${found[2]}} is not supported`)
    return negated === (found[1] === '^') ? known : `[^${known}]`
  }

  #class(flags: Flags, depth: number): string {
    if (depth > DEEPEST) throw new Error(`it nests more than ${DEEPEST} classes`)
    const negated = this.#take('^') ? '^' : ''
    const parts: string[] = []
    let items = this.#take(']') ? characterSet(']', false) : ''
    while (!this.#take(']')) {
      if (this.done) throw new Error('a class does not end')
      if (this.#takes('&&')) {
        parts.push(`[${items}]`)
        items = ''
      } else items += this.#classItem(flags, depth)
    }
    return `[${negated}${[...parts, parts.length > 0 ? `[${items}]` : items].join('&&')}]`
  }

  #classItem(flags: Flags, depth: number): string {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#ahead(14))
    if (posix) {
      this.#at += posix[0].length
      const known = posixSet(posix[2]!)
      if (known === undefined) throw new Error(`the class [:${posix[2]}:] is not supported`)
      return posix[1] ? `[^${known}]` : known
    }
    if (this.#take('[')) return this.#class(flags, depth + 1)
    const first = this.#classCharacter()
    if (first.code === undefined) return first.source
    const last = this.#peek() === '-' && ![undefined, ']'].includes(this.#text[this.#at + 1]) ? this.#rangeEnd() : first.code
    if (last < first.code) throw new Error('a range of characters runs backwards')
    return rangeSet(first.code, last, flags.ignoreCase)
  }

  #rangeEnd(): number {
    this.#at++
    const { code } = this.#take('[') ? {} : this.#classCharacter()
    if (code === undefined) throw new Error('a range of characters ends with a set')
    return code
  }

  #classCharacter(): { code?: number; source: string } {
    const next = this.#next()
    return next === '\\' ? this.#escaped() : { code: next.codePointAt(0)!, source: '' }
  }

  /** The quantifiers behind an item. As in Ruby, `+` behind `*`, `+` or `?` gives nothing back, behind `{n,m}` it repeats again. */
  #repeated(item: Node): Node {
    for (let body = item, depth = 0; ; depth++) {
      const found = /^(?:([*+?])([?+]?)|\{(\d{1,6})?(,?)(\d{1,6})?\}(\??))/.exec(this.#ahead(18))
      if (!found || (found[0].startsWith('{') && found[3] === undefined && found[5] === undefined)) return body
      if (depth > 3) throw new Error('it repeats what is repeated')
      this.#at += found[0].length
      if (body.kind === 'place' || body.kind === 'look') throw new Error('it repeats what has no width')
      body = found[1] ? simple(body, found[1], found[2] as '' | '?' | '+') : counted(body, found)
    }
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #next(): string {
    const next = this.#text[this.#at++]
    if (next === undefined) throw new Error('it ends too early')
    return next
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }

  #takes(text: string): boolean {
    if (this.#ahead(text.length) !== text) return false
    this.#at += text.length
    return true
  }

  #ahead(count: number): string {
    return this.#text.slice(this.#at, this.#at + count).join('')
  }
}

function sequence(items: readonly Node[]): Node {
  return items.length === 1 ? items[0]! : { kind: 'sequence', items }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const has = (letter: string, before: boolean): boolean => (before || on.includes(letter)) && !off.includes(letter)
  return { ignoreCase: has('i', flags.ignoreCase), dotAll: has('m', flags.dotAll), extended: has('x', flags.extended) }
}

/** What is repeated from once (or not at all) on, again and again, is repeated any number of times: (x{1,3})+ is x+. */
function simple(body: Node, sign: string, mode: '' | '?' | '+'): Node {
  const max = sign === '?' ? 1 : Number.POSITIVE_INFINITY
  const min = sign === '+' ? 1 : 0
  if (body.kind === 'repeat' && body.mode === '' && body.min <= 1 && max > 1 && mode !== '?')
    return { ...body, min: min * body.min, max, mode }
  return { kind: 'repeat', body, min, max, mode }
}

function counted(body: Node, [, , , least, comma, most, lazy]: RegExpExecArray): Node {
  const min = Number(least ?? 0)
  const max = most !== undefined ? Number(most) : comma ? Number.POSITIVE_INFINITY : min
  if (max < min) throw new Error(`it repeats from ${min} to ${max} times`)
  if (comma || !lazy) return { kind: 'repeat', body, min, max, mode: lazy ? '?' : '' }
  return { kind: 'repeat', body: { kind: 'repeat', body, min, max, mode: '' }, min: 0, max: 1, mode: '' }
}

/** Characters first to last; without regard to case, with their other cases. */
function rangeSet(first: number, last: number, ignoreCase: boolean): string {
  if (first === last) return characterSet(String.fromCodePoint(first), ignoreCase)
  const itself = `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`
  if (!ignoreCase) return itself
  if (last - first > 512) throw new Error('a range of more than 512 characters without regard to case is not supported')
  const others = Array.from({ length: last - first + 1 }, (_, n) => characterSet(String.fromCodePoint(first + n), true))
  return itself + others.join('')
}

/** \b and \B by the word characters of Oniguruma. */
function wordEdge(kind: 'b' | 'B'): string {
  const word = escapeSet('\\w')!
  const [same, other] = [`(?<=${word})(?=${word})|(?<!${word})(?!${word})`, `(?<=${word})(?!${word})|(?<!${word})(?=${word})`]
  return `(?:${kind === 'b' ? other : same})`
}
