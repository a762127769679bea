/**
 * Finding a pattern in a text, in time that a hostile pattern cannot stretch without end: a pattern whose work at one place may
 * grow faster than the text is refused when it is read, and one that may look through the whole text at every place is stopped
 * after a while.
 */

import { quoted } from './quoted.ts'
import { RUST_WORD } from './regex-sets.ts'
import { type Node, parseRegex } from './regex-syntax.ts'

/** Where a pattern matches: start, end, start, end … in UTF-16 units, in order, never overlapping. */
export type Pattern = (text: string) => number[]

/** A pattern that is plain text. */
export function literalPattern(content: string): Pattern {
  if (content === '') return regexPattern('')
  return (text) => {
    const found: number[] = []
    for (let at = text.indexOf(content); at >= 0; at = text.indexOf(content, at + content.length))
      found.push(at, at + content.length)
    return found
  }
}

/** Words, and stretches of signs between them. */
export function wordsPattern(): Pattern {
  const regex = new RegExp(`${RUST_WORD}+|[^${RUST_WORD}\\p{White_Space}]+`, 'gv')
  return (text) => [...text.matchAll(regex)].flatMap((found) => [found.index, found.index + found[0].length])
}

/** An Oniguruma pattern. Throws what is wrong with it, or what is not supported. */
export function regexPattern(source: string): Pattern {
  try {
    const tree = parseRegex(source)
    const { power } = workOf(tree, false)
    return matcher(source, write(tree, { names: 0 }), power)
  } catch (error) {
    throw new Error(`the pattern ${quoted(source)} cannot be used: ${(error as Error).message}`)
  }
}

/** Seconds that a pattern may take beyond what its text's length explains. */
const PATIENCE = 5
const SECONDS_A_UNIT = 5e-6

/** An empty match right behind the match before does not count. */
function matcher(source: string, written: string, power: number): Pattern {
  const regex = new RegExp(written, power === 0 ? 'gv' : 'yv')
  return (text) => {
    const found: number[] = []
    const latest = performance.now() + 1000 * (PATIENCE + text.length * SECONDS_A_UNIT)
    let end = -1
    for (let at = 0, tries = 1; at <= text.length; tries++) {
      regex.lastIndex = at
      const hit = run(regex, text, source)
      if (power > 0 && tries % 64 === 0 && performance.now() > latest)
        throw new Error(`tokenizer: the pattern ${quoted(source)} takes too long on a text of ${text.length} characters`)
      if (!hit && power === 0) break
      const empty = hit && hit[0] === ''
      if (hit && !(empty && hit.index === end)) {
        end = hit.index + hit[0].length
        found.push(hit.index, end)
        at = end
      } else at = hit ? hit.index : at
      if (!hit || empty) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    }
    return found
  }
}

function run(regex: RegExp, text: string, source: string): RegExpExecArray | null {
  try {
    return regex.exec(text)
  } catch {
    throw new Error(`tokenizer: the pattern ${quoted(source)} runs out of memory on a text of ${text.length} characters`)
  }
}

/**
 * How much work a pattern may make at one place: the text's length to this power, times the ways to choose. `power` counts the
 * stretches of any length that can be given back, or thrown away, because something after them can fail.
 */
interface Work {
  readonly power: number
  readonly ways: number
}

const NONE: Work = { power: 0, ways: 1 }
const MOST_WAYS = 4096
/** More repetitions than this count as any number. */
const FEW = 64

function workOf(node: Node, after: boolean): Work {
  const made = work(node, after)
  if (made.power > 1) throw new Error('two stretches of any length follow each other, and what comes after may fail')
  if (made.ways > MOST_WAYS) throw new Error('it can match in too many ways')
  return made
}

function work(node: Node, after: boolean): Work {
  if (node.kind === 'set' || node.kind === 'place') return NONE
  if (node.kind === 'repeat') return repeatWork(node, after)
  if (node.kind === 'sequence') return sequenceWork(node.items, after)
  if (node.kind === 'either') {
    const each = node.options.map((option) => workOf(option, after))
    return { power: Math.max(...each.map((one) => one.power)), ways: each.reduce((sum, one) => sum + one.ways, 0) }
  }
  const inside = workOf(node.body, false)
  return { power: Math.max(inside.power, endless(node.body) && (after || node.kind === 'look') ? 1 : 0), ways: inside.ways }
}

function sequenceWork(items: readonly Node[], after: boolean): Work {
  let [power, ways, fails] = [0, 1, after]
  for (const item of items.toReversed()) {
    const one = workOf(item, fails)
    power += one.power
    ways *= one.ways
    fails ||= canFail(item)
  }
  return { power, ways }
}

function repeatWork({ body, min, max, mode }: Extract<Node, { kind: 'repeat' }>, after: boolean): Work {
  const inside = workOf(body, after || max > 1)
  if (max <= 1) return { power: inside.power, ways: inside.ways + (min === max ? 0 : 1) }
  if (varies(body)) throw new Error('it repeats what itself matches in several ways')
  if (min > 1000 || (max > 1000 && max !== Number.POSITIVE_INFINITY)) throw new Error('it repeats more than 1000 times')
  if (max > FEW) return { power: after ? 1 : 0, ways: inside.ways }
  return { power: inside.power, ways: mode === '+' ? inside.ways : inside.ways * (max - min + 1) }
}

/** Can it match more or less at the same place? */
function varies(node: Node): boolean {
  if (node.kind === 'set' || node.kind === 'place' || node.kind === 'look') return false
  if (node.kind === 'repeat') return node.min !== node.max || node.max > FEW || varies(node.body)
  if (node.kind === 'sequence') return node.items.some(varies)
  return node.kind === 'either' || varies(node.body)
}

/** Can it match a stretch of any length? */
function endless(node: Node): boolean {
  if (node.kind === 'set' || node.kind === 'place') return false
  if (node.kind === 'repeat') return node.max > FEW || endless(node.body)
  if (node.kind === 'sequence') return node.items.some(endless)
  return node.kind === 'either' ? node.options.some(endless) : endless(node.body)
}

function canFail(node: Node): boolean {
  if (node.kind === 'repeat') return node.min > 0 && canFail(node.body)
  if (node.kind === 'sequence') return node.items.some(canFail)
  if (node.kind === 'either') return node.options.every(canFail)
  return node.kind === 'atomic' ? canFail(node.body) : true
}

/** What gives nothing back is written as a look ahead that is then repeated word for word. */
function write(node: Node, counter: { names: number }): string {
  if (node.kind === 'set' || node.kind === 'place') return node.source
  if (node.kind === 'sequence') return node.items.map((item) => write(item, counter)).join('')
  if (node.kind === 'either') return `(?:${node.options.map((option) => write(option, counter)).join('|')})`
  if (node.kind === 'look') return `${node.open}${write(node.body, counter)})`
  if (node.kind === 'atomic') return once(write(node.body, counter), counter)
  const body = node.body.kind === 'set' ? node.body.source : `(?:${write(node.body, counter)})`
  const most = node.max === Number.POSITIVE_INFINITY ? '' : node.max
  const repeated = `${body}{${node.min},${most}}${node.mode === '?' ? '?' : ''}`
  return node.mode === '+' ? once(repeated, counter) : repeated
}

function once(source: string, counter: { names: number }): string {
  const name = `_${counter.names++}`
  return `(?=(?<${name}>${source}))\\k<${name}>`
}
