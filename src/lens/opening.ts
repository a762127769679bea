/**
 * Which head a view opens with when nobody named one.
 *
 * Most heads of a trained encoder look first at a special token or at the word next door, so the plain maximum teaches nothing.
 * The rule: over all layers and heads, the largest weight from the token (or from any word, if none is named) back to an
 * earlier word that is not a direct neighbour, counted in words. A word bears a letter or a digit; special tokens and
 * punctuation are none. Where no such link carries weight the next rung of `RUNGS` applies, and `reason` says which did. Where one
 * text looks at another there are no neighbours, and the largest weight on any of its words is taken.
 */

import type { AttentionKind } from '../model/index.ts'
import { type SideText, sideOf, sightOf } from './kinds.ts'
import type { Reading } from './reading.ts'
import { type TokenLike, wordsOf } from './words.ts'

/** What the rule needs of a run: its tokens, how many heads there are, and tiles of their matrices. */
export interface Openable {
  readonly tokens: readonly TokenLike[]
  /** The text that was read; undefined for a run on ids. */
  readonly text?: string | undefined
  readonly config: { readonly layers: number; readonly heads: number }
  /** The text that is looked at, if it is another one. */
  readonly columns?: { readonly tokens: readonly TokenLike[]; readonly text?: string | undefined } | undefined
  attention(layer: number, head: number): Tiles
}

/** One attention of an encoder–decoder (or of any reading) as the rule needs it. */
export function openableOf(reading: Reading, kind: AttentionKind | undefined): Openable {
  const sight = sightOf('opening', reading, kind)
  const side = (half: typeof sight.rows): SideText => sideOf(reading, 0, half)
  return {
    ...side(sight.rows),
    config: { layers: sight.layers, heads: sight.heads },
    ...(!sight.square && { columns: side(sight.columns) }),
    attention: (layer, head) => reading.attention(layer, head, { kind: sight.kind }),
  }
}

export interface Tiles {
  /** Rows r0 ≤ i < r1 and columns c0 ≤ j < c1, row-major. */
  tile(r0: number, r1: number, c0: number, c1: number): Promise<Float32Array> | Float32Array
}

export interface OpeningOptions {
  /** The token that looks, counted from 0. Default: any token of a word. */
  readonly token?: number | undefined
  /** Look in this layer alone. */
  readonly layer?: number | undefined
  /** Look at this head of every layer alone. */
  readonly head?: number | undefined
}

export type Rung = 'back' | 'ahead' | 'word' | 'token' | 'none'

export interface Opening {
  readonly layer: number
  readonly head: number
  /** The link the head was picked for: token `row` looks at token `column` with this weight. */
  readonly row: number
  readonly column: number
  readonly weight: number
  /** Which rung of the rule held: 'back' is the rule itself, the others are what it falls back to, in order. */
  readonly rung: Rung
  /** How many heads were compared. */
  readonly compared: number
  /** The rule in words, to stand on the screen: "of 72 heads, its strongest look back at a word beyond its neighbours". */
  readonly reason: string
}

/** May token `row` open the view by its look at `column`? `of` numbers the words (that are looked at). */
type Allowed = (of: readonly (number | undefined)[], row: number, column: number) => boolean

const apart = (of: readonly (number | undefined)[], row: number, column: number): number =>
  of[column] === undefined ? 0 : Math.abs((of[row] ?? wordBefore(of, row)) - of[column])

interface Step {
  readonly rung: Rung
  readonly says: string
  readonly allowed: Allowed
}

const RUNGS: readonly Step[] = [
  {
    rung: 'back',
    says: 'strongest look back at a word beyond its neighbours',
    allowed: (of, i, j) => j < i && apart(of, i, j) > 1,
  },
  {
    rung: 'ahead',
    says: 'strongest look ahead at a word beyond its neighbours',
    allowed: (of, i, j) => j > i && apart(of, i, j) > 1,
  },
  { rung: 'word', says: 'strongest look at another word', allowed: (of, i, j) => j !== i && apart(of, i, j) > 0 },
  { rung: 'token', says: 'strongest look at another token', allowed: (_, i, j) => j !== i },
]

/** Where one text looks at another. */
const RUNGS_ACROSS: readonly Step[] = [
  { rung: 'word', says: 'strongest look at a word', allowed: (of, _, j) => of[j] !== undefined },
  { rung: 'token', says: 'strongest look at a token', allowed: () => true },
]

const WHY_NOT: Record<Rung, string> = {
  back: '',
  ahead: '; no earlier word is further away',
  word: '; no word is further away',
  token: '; there is no other word',
  none: '',
}

/** How many rows are looked at in one go: n×n is never held. */
const STRIP = 64

/** Picks the layer and head. Throws a RangeError for a token, layer or head that the run does not have. */
export async function opening(run: Openable, options: OpeningOptions = {}): Promise<Opening> {
  check(run, options)
  const looked = run.columns ?? run
  const { of } = wordsOf(looked.tokens, looked.text)
  const steps = run.columns ? RUNGS_ACROSS : RUNGS
  const layers = options.layer === undefined ? count(run.config.layers) : [options.layer]
  const heads = options.head === undefined ? count(run.config.heads) : [options.head]
  const rows = run.columns && options.token === undefined ? count(run.tokens.length) : lookingRows(of, options.token)
  const best = steps.map((step): Best => ({ step, layer: layers[0]!, head: heads[0]!, row: 0, column: 0, weight: 0 }))
  for (const layer of layers) for (const head of heads) await compare(run, layer, head, rows, of, best)
  return verdict(best, options, layers.length * heads.length, run.columns !== undefined)
}

type Best = { readonly step: Step; layer: number; head: number; row: number; column: number; weight: number }

/** Holds every look of one head against the best of each rung. Of equal weights the first stays. */
async function compare(
  run: Openable,
  layer: number,
  head: number,
  rows: readonly number[],
  of: readonly (number | undefined)[],
  best: Best[],
): Promise<void> {
  const n = of.length
  const view = run.attention(layer, head)
  for (let from = 0; from < rows.length; from += STRIP) {
    const strip = rows.slice(from, from + STRIP)
    const first = strip[0]!
    const tile = await view.tile(first, strip.at(-1)! + 1, 0, n)
    for (const row of strip)
      for (let column = 0; column < n; column++) {
        const weight = tile[(row - first) * n + column]!
        for (const most of best)
          if (weight > most.weight && most.step.allowed(of, row, column)) Object.assign(most, { layer, head, row, column, weight })
      }
  }
}

function verdict(best: readonly Best[], options: OpeningOptions, compared: number, across: boolean): Opening {
  const won = best.find(({ weight }) => weight > 0)
  if (!won) {
    const at = options.token ?? 0
    const { step: _, ...first } = best[0]!
    return {
      ...first,
      row: at,
      column: at,
      rung: 'none',
      compared,
      reason: 'there is nothing else to look at, so the first head is shown',
    }
  }
  const {
    step: { rung, says },
    ...place
  } = won
  const whose = options.token === undefined ? 'the' : 'its'
  return { ...place, rung, compared, reason: `${among(options, compared)}${whose} ${says}${across ? '' : WHY_NOT[rung]}` }
}

/** "of 72 heads, ": what was compared, unless the choice was made already. */
function among({ layer, head }: OpeningOptions, compared: number): string {
  if (compared === 1) return ''
  const where = layer !== undefined ? ` in layer ${layer}` : head !== undefined ? ` numbered ${head}` : ''
  return `of ${compared} heads${where}, `
}

/** The named token, or all that belong to a word, or (a text without words) all. */
function lookingRows(of: readonly (number | undefined)[], token: number | undefined): number[] {
  if (token !== undefined) return [token]
  const words = count(of.length).filter((index) => of[index] !== undefined)
  return words.length > 0 ? words : count(of.length)
}

/** Punctuation has no word of its own: it stands between the word before it and the next. */
function wordBefore(of: readonly (number | undefined)[], row: number): number {
  for (let index = row; index >= 0; index--) if (of[index] !== undefined) return of[index]! + 0.5
  return -0.5
}

const count = (n: number): number[] => Array.from({ length: n }, (_, index) => index)

function check(run: Openable, { token, layer, head }: OpeningOptions): void {
  const within = (what: string, value: number | undefined, n: number): void => {
    if (value !== undefined && (!Number.isInteger(value) || value < 0 || value >= n))
      throw new RangeError(`opening: ${what} ${value} does not exist, there are ${n} (counted from 0)`)
  }
  within('token', token, run.tokens.length)
  within('layer', layer, run.config.layers)
  within('head', head, run.config.heads)
}
