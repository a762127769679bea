/** What a student makes of an exercise: one number that says how wrong it is. */

import { paddingOf, rowsOf } from '../model/forward.ts'
import type { Side } from '../model/input.ts'
import { crossEntropy, keepLooked, type Looked } from '../nn/index.ts'
import { add, concat, embedding, linear, mul, reshape, tensor } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { overlapOf } from './overlap.ts'
import type { Exercise, Overlap, Row } from './recipe.ts'
import type { Student } from './student.ts'

/**
 * The mean of −log probability over all labels of the exercise, and what overlapping looks cost. Rows of similar length are read together
 * in `groups` batches, so that little of the work is padding; only the places with labels are scored, all at once.
 */
export function lossOf(student: Student, { rows, among, overlap }: Exercise, groups: number): Tensor {
  using s = scope()
  const labelled = rows.filter(({ labels }) => labels.length > 0)
  if (labelled.length === 0) throw new RangeError('train: an exercise without a label teaches nothing')
  const parts = groupsOf(labelled, groups)
  const seen = parts.map((group) => statesAtLabels(student, group, overlap))
  const states = concat(seen.map(({ states }) => states))
  const labels = parts.flat().flatMap((row) => row.labels.map(([, id]) => id))
  const wrong = crossEntropy(among ? scoresAmong(student, states, among) : student.network.logits!(states), labels)
  if (!overlap) return s.keep(wrong)
  const shared = seen.map(({ shared }) => shared!).reduce((all, each) => add(all, each))
  return s.keep(add(wrong, mul(shared, overlap.price / labels.length)))
}

/** How many tokens an exercise holds, padding not counted. */
export function tokensIn({ rows }: Exercise): number {
  return rows.reduce((sum, { ids, written = [] }) => sum + ids.length + written.length, 0)
}

function groupsOf(rows: readonly Row[], groups: number): Row[][] {
  const sorted = [...rows].sort((a, b) => a.ids.length - b.ids.length)
  const size = Math.ceil(sorted.length / groups)
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, n) => sorted.slice(n * size, (n + 1) * size))
}

interface AtLabels {
  /** [labels,width]: the last hidden state of every place that has a label, in the order of the rows. */
  readonly states: Tensor
  /** A number: how much heads looked at the same words from there. Only where it is asked for. */
  readonly shared?: Tensor
}

function statesAtLabels(student: Student, rows: readonly Row[], overlap: Overlap | undefined): AtLabels {
  using s = scope()
  const { hidden, looked } = read(student, rows, overlap !== undefined)
  const [batch, length, width] = hidden.shape as [number, number, number]
  const places = rows.flatMap(({ labels }, b) => labels.map(([place]) => b * length + place))
  const states = s.keep(embedding(reshape(hidden, [batch * length, width]), integers(places)))
  return overlap ? { states, shared: s.keep(overlapOf(looked, rows, overlap.special)) } : { states }
}

/** [N,width] → [N,words]: the scores of these words alone, by their rows of the embedding table. */
function scoresAmong(student: Student, states: Tensor, among: readonly number[]): Tensor {
  using s = scope()
  const words = student.wordTable
  return s.keep(linear(states, embedding(words, integers(among))))
}

interface Seen {
  readonly hidden: Tensor
  readonly looked: readonly Looked[]
}

/** The last hidden state of the rows, padded to one length. `watch`: and what each layer of a model with one half looked with. */
function read(student: Student, rows: readonly Row[], watch: boolean): Seen {
  using s = scope()
  const { config, network } = student
  const { encoder, decoder } = network
  const near = student.wordTable
  const side = sideOf(
    rows.map(({ ids }) => ids),
    config.padId,
  )
  const own = paddingOf(side, near)
  if (!encoder || !decoder) {
    const tower = (encoder ?? decoder)!
    const { hidden, looked } = tower.forward(rowsOf(side, tower.counting, config.padId), { options: own, watch })
    return { hidden: s.keep(hidden.at(-1)!), looked: looked.map((each) => keepLooked(s, each)) }
  }
  if (watch) throw new Error('train: overlap is for models with one half')
  const source = encoder.forward(rowsOf(side, encoder.counting, config.padId), { options: own }).hidden.at(-1)!
  const text = sideOf(
    rows.map(({ written }) => written ?? []),
    config.padId,
  )
  const pass = { options: paddingOf(text, near), source, sourceOptions: own }
  const { hidden } = decoder.forward(rowsOf(text, decoder.counting, config.padId), pass)
  return { hidden: s.keep(hidden.at(-1)!), looked: [] }
}

/** Rows padded on the right to the length of the longest. */
function sideOf(rows: readonly (readonly number[])[], padId: number): Side {
  const length = Math.max(...rows.map((row) => row.length))
  const filled = (row: readonly number[], value: number): number[] => [...row, ...Array<number>(length - row.length).fill(value)]
  return {
    length,
    ids: rows.map((row) => filled(row, padId)),
    tokenTypes: rows.map(() => Array<number>(length).fill(0)),
    real: rows.map((row) => filled(Array<number>(row.length).fill(1), 0)),
    tokens: [],
  }
}

function integers(list: readonly number[]): Tensor {
  return tensor(Int32Array.from(list), [list.length])
}
