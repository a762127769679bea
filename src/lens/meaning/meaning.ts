/** What a word means where it stands: its vectors across sentences and layers. */

import type { AnsweredText, Model } from '../../model/index.ts'
import { breath } from '../breath.ts'
import { type Half, sideOf, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { dot, meanOf, sumOf, unit } from '../vectors.ts'
import { wordsOf } from '../words.ts'
import { type PlaneMap, planeMap } from './map.ts'
import { statesOf, vectorsAt, type Whose } from './states.ts'

export interface MeaningOptions {
  /** The word, as written or, failing that, whatever the case. Every place where it stands counts. */
  readonly word: string
  /** Of an encoder–decoder: in what it read (default), or in what it wrote. */
  readonly kind?: Half | undefined
  readonly signal?: AbortSignal | undefined
  /** How many of how many texts are read. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

/** One place where the word stands. */
export interface Occurrence {
  /** Which text, and which time in it, both from 0. */
  readonly text: number
  readonly nth: number
  /** The tokens that bear it; its vector is the mean of theirs. */
  readonly tokens: readonly number[]
  /** Where they begin and end in the text (of its half), in UTF-16 units. */
  readonly start: number
  readonly end: number
}

export interface LayerMeaning {
  /** After so many layers; 0: the embeddings. */
  readonly layer: number
  /** m × m, row-major: the cosine of each two occurrences. */
  readonly cosine: Float64Array
  /** The mean of all pairs. Undefined for one occurrence. */
  readonly similarity: number | undefined
  /**
   * The mean cosine of two places where different words stand, of all words in these texts but the asked one: how alike any two vectors
   * are here. Similarity means something by how far it is above that (Ethayarajh 2019, arXiv:1909.00512). Undefined if there are none.
   */
  readonly baseline: number | undefined
  /** Of the vectors at length 1, so that distance² on a perfect map is 2 − 2 · cosine. */
  readonly map: PlaneMap
}

export interface Meaning {
  readonly word: string
  /** What the places of the occurrences count in, as far as it is known. */
  readonly texts: readonly (string | undefined)[]
  readonly occurrences: readonly Occurrence[]
  readonly layers: readonly LayerMeaning[]
}

/** Reads the texts one after another. Every text must have the word. */
export async function meaning(model: Model, texts: readonly (string | AnsweredText)[], options: MeaningOptions): Promise<Meaning> {
  if (texts.length === 0) throw new Error('meaning: give at least one text')
  const found: Found[] = []
  const pause = breath(options.signal)
  for (const [at, text] of texts.entries()) {
    using run = await model.run(text)
    found.push(await look(run, options.word, at, options.kind))
    options.onProgress?.(at + 1, texts.length)
    await pause()
  }
  return together(options.word, found)
}

/** The same of texts that are read already, a trace from a file among them. */
export async function meaningOf(
  readings: readonly Reading[],
  word: string,
  { kind }: Pick<MeaningOptions, 'kind'> = {},
): Promise<Meaning> {
  const found: Found[] = []
  for (const [at, reading] of readings.entries()) found.push(await look(reading, word, at, kind))
  return together(word, found)
}

/** All that is kept of one text. */
interface Found {
  readonly text: string | undefined
  readonly occurrences: readonly Occurrence[]
  /** [layer][occurrence] */
  readonly vectors: readonly (readonly Float64Array[])[]
  /** [layer]: every other word with its vector. */
  readonly others: readonly (readonly { readonly word: string; readonly vector: Float64Array }[])[]
}

async function look(reading: Reading, word: string, text: number, asked: Whose['kind']): Promise<Found> {
  const { rows: kind } = sightOf('meaning', reading, asked)
  const whose: Whose = { kind }
  const side = sideOf(reading, 0, kind)
  const { list } = wordsOf(side.tokens, side.text)
  const places = occurrencesOf(list, word)
  if (places.length === 0) {
    const has = list.map((each) => each.text).join(' ')
    throw new Error(`meaning: text ${text + 1} has no word ${JSON.stringify(word)}; it has ${has || 'no words'}`)
  }
  const others = list.filter((each) => each.text.toLowerCase() !== word.toLowerCase())
  const vectors: Float64Array[][] = []
  const rest: { word: string; vector: Float64Array }[][] = []
  for (let layer = 0; layer < statesOf('meaning', reading, kind); layer++) {
    const states = await vectorsAt(reading, layer, whose)
    const vectorOf = (tokens: readonly number[]): Float64Array =>
      meanOf(
        tokens.map((n) => states[n]!),
        states[0]!.length,
      )
    vectors.push(places.map((tokens) => unit(vectorOf(tokens))))
    rest.push(others.map((each) => ({ word: each.text.toLowerCase(), vector: unit(vectorOf(each.tokens)) })))
  }
  const at = (tokens: readonly number[]) => ({
    start: side.tokens[tokens[0]!]!.start,
    end: side.tokens[tokens.at(-1)!]!.end,
  })
  return {
    text: side.text,
    occurrences: places.map((tokens, nth) => ({ text, nth, tokens, ...at(tokens) })),
    vectors,
    others: rest,
  }
}

/** The tokens of each place where the word stands. */
function occurrencesOf(
  list: readonly { readonly text: string; readonly tokens: readonly number[] }[],
  word: string,
): (readonly number[])[] {
  const same = (fold: (text: string) => string) => list.filter(({ text }) => fold(text) === fold(word)).map(({ tokens }) => tokens)
  const exact = same((text) => text)
  return exact.length > 0 ? exact : same((text) => text.toLowerCase())
}

function together(word: string, found: readonly Found[]): Meaning {
  const layers = found[0]!.vectors.map((_, layer) => {
    const vectors = found.flatMap((each) => each.vectors[layer]!)
    const m = vectors.length
    const cosine = Float64Array.from({ length: m * m }, (_, at) => dot(vectors[Math.floor(at / m)]!, vectors[at % m]!))
    const sum = cosine.reduce((total, value) => total + value, 0)
    return {
      layer,
      cosine,
      similarity: m < 2 ? undefined : (sum - vectors.reduce((own, x) => own + dot(x, x), 0)) / (m * (m - 1)),
      baseline: differing(found.flatMap((each) => each.others[layer]!)),
      map: planeMap(vectors),
    }
  })
  const occurrences = found.flatMap((each) => each.occurrences)
  return { word, texts: found.map(({ text }) => text), occurrences, layers }
}

/** The mean cosine over all pairs of different words: all pairs, less those of the same word. */
function differing(others: readonly { readonly word: string; readonly vector: Float64Array }[]): number | undefined {
  const byWord = Map.groupBy(others, ({ word }) => word)
  if (byWord.size < 2) return undefined
  const width = others[0]!.vector.length
  const squared = (list: readonly { readonly vector: Float64Array }[]): number => {
    const sum = sumOf(
      list.map(({ vector }) => vector),
      width,
    )
    return dot(sum, sum)
  }
  const groups = [...byWord.values()]
  const same = groups.reduce((sum, list) => sum + squared(list), 0)
  const pairs = others.length ** 2 - groups.reduce((sum, list) => sum + list.length ** 2, 0)
  return (squared(others) - same) / pairs
}
