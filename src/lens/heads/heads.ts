/** What every head does on the reader's own texts: its looks measured row by row, with and without the sinks, beside what position gives. */

import type { AttentionKind } from '../../model/index.ts'
import type { Reading } from '../reading.ts'
import { type Label, type LabelRule, labelsFor, type Shown } from './labels.ts'
import {
  type Figures,
  figuresFrom,
  HEAD_MEASURES,
  type HeadBounds,
  type HeadMeasure,
  MEASURES_ACROSS,
  measureRow,
} from './measures.ts'
import { type Places, placesOf } from './places.ts'
import { eachRow, listed, type Row, type StripOptions, textsOf } from './strips.ts'

export interface HeadsOptions extends Partial<HeadBounds>, StripOptions {
  /** What earns a label. Default: `LABEL_RULES`. */
  readonly labels?: readonly LabelRule[] | undefined
}

export interface HeadFigures {
  readonly layer: number
  readonly head: number
  /** Over all keys that a token may see: the mean over rows. */
  readonly all: Figures
  /** With the weight on sinks taken out and the rest brought to the sum 1: the mean over rows, each counting by what it has left. */
  readonly apart: Figures
  /** The mean share of weight that is not on sinks. */
  readonly left: number
  readonly labels: readonly Label[]
}

/** What even looks at all visible keys would give: the same for every head of a layer. */
export interface LayerChance {
  readonly layer: number
  readonly all: Figures
  readonly apart: Figures
  /** Over how many rows each measure was taken. */
  readonly rows: Readonly<Record<HeadMeasure, number>>
  readonly rowsApart: Readonly<Record<HeadMeasure, number>>
}

export interface HeadsReport extends HeadBounds {
  /** Which attention was looked at. */
  readonly kind: AttentionKind
  /** What was measured. The others have no meaning where one text looks at another, and are NaN there. */
  readonly measures: readonly HeadMeasure[]
  readonly texts: number
  /** Tokens that could be looked at; tokens whose looks were measured; how many of the former count as sinks. */
  readonly tokens: number
  readonly rows: number
  readonly sinks: number
  readonly layers: number
  readonly headsPerLayer: number
  /** Layer by layer. */
  readonly heads: readonly HeadFigures[]
  readonly chance: readonly LayerChance[]
}

/**
 * Reads each matrix once, in strips; memory is linear in the text. Rows are all tokens of the texts but special ones and position 0; of
 * cross-attention all places at which something was written. A row with fewer than two keys to choose from says nothing and is left out.
 */
export async function heads(given: Reading | readonly Reading[], options: HeadsOptions = {}): Promise<HeadsReport> {
  const { near = 2, span = 0.9, signal, onProgress, labels } = options
  const bounds = { near, span }
  const texts = textsOf('heads', listed('heads', given), options.kind)
  const { kind, layers, heads: headsPerLayer, square } = texts[0]!.sight
  const tally = new Tally(layers, headsPerLayer, bounds)
  for (const [n, text] of texts.entries()) {
    const places = placesOf(text.reading, text.batch, text.sight)
    tally.enter(places)
    const rows = new Set(places.rows)
    const further = { signal, onProgress: (share: number) => onProgress?.((n + share) / texts.length) }
    await eachRow(
      text,
      (at) => rows.has(at),
      (row) => tally.add(row, places),
      further,
    )
  }
  const measures = square ? HEAD_MEASURES : MEASURES_ACROSS
  return { kind, measures, ...bounds, texts: texts.length, layers, headsPerLayer, ...tally.report(labels) }
}

/** Sums of measures, each over the rows that have it. */
class Means {
  readonly #sums = new Float64Array(HEAD_MEASURES.length)
  readonly #weights = new Float64Array(HEAD_MEASURES.length)
  readonly #rows = new Float64Array(HEAD_MEASURES.length)

  add(values: Float64Array, weight = 1): void {
    for (const [at, value] of values.entries()) {
      if (Number.isNaN(value)) continue
      this.#sums[at]! += weight * value
      this.#weights[at]! += weight
      this.#rows[at]!++
    }
  }

  figures(): Figures {
    return figuresFrom(this.#sums.map((sum, at) => sum / this.#weights[at]!))
  }

  rows(): Record<HeadMeasure, number> {
    return figuresFrom(this.#rows)
  }
}

interface Pair {
  readonly all: Means
  readonly apart: Means
}

const pair = (): Pair => ({ all: new Means(), apart: new Means() })

class Tally {
  readonly #bounds: HeadBounds
  readonly #heads: readonly (readonly (Pair & { left: number })[])[]
  readonly #even: readonly Pair[]
  readonly #measured: number[]
  #tokens = 0
  #rows = 0
  #sinks = 0

  constructor(layers: number, heads: number, bounds: HeadBounds) {
    this.#bounds = bounds
    this.#heads = Array.from({ length: layers }, () => Array.from({ length: heads }, () => ({ ...pair(), left: 0 })))
    this.#even = Array.from({ length: layers }, pair)
    this.#measured = new Array<number>(layers).fill(0)
  }

  enter({ n, rows, sink }: Places): void {
    this.#tokens += n
    this.#rows += rows.length
    this.#sinks += sink.reduce((sum, is) => sum + is, 0)
  }

  add({ layer, at, heads, visible }: Row, places: Places): void {
    const keys = visible.reduce((sum, is) => sum + is, 0)
    if (keys < 2) return
    this.#measured[layer]!++
    const seen = { i: at, visible, kin: places.kin(at) }
    const even = measureRow({ ...seen, w: Float32Array.from(visible) }, places, keys, this.#bounds)
    this.#even[layer]!.all.add(even.all)
    if (even.apart) this.#even[layer]!.apart.add(even.apart)
    for (const [head, w] of heads.entries()) {
      const own = this.#heads[layer]![head]!
      const { all, apart, left } = measureRow({ ...seen, w }, places, 1, this.#bounds)
      own.all.add(all)
      own.left += left
      if (apart) own.apart.add(apart, left)
    }
  }

  report(rules: readonly LabelRule[] | undefined): Pick<HeadsReport, 'tokens' | 'rows' | 'sinks' | 'heads' | 'chance'> {
    const chance = this.#even.map(
      ({ all, apart }, layer): LayerChance => ({
        layer,
        all: all.figures(),
        apart: apart.figures(),
        rows: all.rows(),
        rowsApart: apart.rows(),
      }),
    )
    const heads = this.#heads.flatMap((list, layer) =>
      list.map(({ all, apart, left }, head): HeadFigures => {
        const even = chance[layer]!
        const share = left / this.#measured[layer]!
        const shown: Shown = { figures: all.figures(), chance: even.all, rows: even.rows }
        const beyond: Shown = { figures: apart.figures(), chance: even.apart, rows: apart.rows() }
        return {
          layer,
          head,
          all: shown.figures,
          apart: beyond.figures,
          left: share,
          labels: labelsFor(shown, beyond, share, rules),
        }
      }),
    )
    return { tokens: this.#tokens, rows: this.#rows, sinks: this.#sinks, heads, chance }
  }
}
