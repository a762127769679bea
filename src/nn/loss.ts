/** How wrong a model's scores are. */

import { add, concat, div, embedding, logSoftmax, logSoftmaxAt, mul, neg, reshape, sum, tensor } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'

export interface CrossEntropyOptions {
  /** Labels of this value do not count. Default −100. */
  ignore?: number
  /** How much each class counts, [V]. Default: 1 each. */
  weights?: ArrayLike<number> | undefined
  /** This part of each label is spread evenly over all classes. Default 0. */
  smoothing?: number
  /** 'mean' (default) over what counts, by weight; 'sum'; 'none': a loss for each row, 0 where its label is ignored. */
  reduction?: 'mean' | 'sum' | 'none'
}

/**
 * −log softmax(logits)[label], weighted, smoothed and reduced. logits […,V]; one label for each row, in order. With weights w and
 * smoothing ε a row's loss is (1 − ε) · w[label] · −log p[label] + ε/V · Σ w[c] · −log p[c], and the mean divides by Σ w[label].
 * Rows whose label is ignored are not computed. Without a label that counts the mean of nothing is NaN. → shape [], or […] for 'none'.
 */
export function crossEntropy(logits: Tensor, labels: ArrayLike<number>, options: CrossEntropyOptions = {}): Tensor {
  using s = scope()
  const { weights, smoothing = 0, reduction = 'mean' } = options
  const V = logits.shape.at(-1) ?? 0
  checkOptions(V, options)
  const counted = countedRows(logits, labels, options.ignore ?? -100)
  const targets = counted.map((row) => labels[row]!)
  const numbers = (data: readonly number[], shape: readonly number[]): Tensor =>
    tensor(data, shape, { dtype: logits.dtype === 'float64' ? 'float64' : 'float32', near: logits })
  const rows = reshape(logits, [-1, V])
  const chosen = counted.length === rows.shape[0] ? rows : embedding(rows, ids(counted, logits))
  const picked = logSoftmaxAt(chosen, targets)
  const factors = targets.map((label) => (1 - smoothing) * (weights?.[label] ?? 1))
  let losses = neg(factors.every((f) => f === 1) ? picked : mul(picked, numbers(factors, [counted.length])))
  if (smoothing > 0) {
    const spread = numbers(
      Array.from({ length: V }, (_, c) => (-smoothing / V) * (weights?.[c] ?? 1)),
      [V],
    )
    losses = add(losses, sum(mul(logSoftmax(chosen), spread), -1))
  }
  if (reduction === 'none') return s.keep(reshape(putBack(losses, counted, labels.length), logits.shape.slice(0, -1)))
  const total = sum(losses)
  if (reduction === 'sum') return s.keep(total)
  return s.keep(
    div(
      total,
      targets.reduce((all, label) => all + (weights?.[label] ?? 1), 0),
    ),
  )
}

/** The rows whose labels count. */
function countedRows(logits: Tensor, labels: ArrayLike<number>, ignore: number): number[] {
  const V = logits.shape.at(-1) ?? 0
  const rows = V === 0 ? 0 : logits.size / V
  if (labels.length !== rows)
    throw new RangeError(`crossEntropy: one label per row of logits is needed, got ${labels.length} for ${show(logits.shape)}`)
  const counted: number[] = []
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!
    if (label === ignore) continue
    if (!Number.isInteger(label) || label < 0 || label >= V)
      throw new RangeError(`crossEntropy: label ${row} is ${label}; logits ${show(logits.shape)} have 0 to ${V - 1}`)
    counted.push(row)
  }
  return counted
}

function checkOptions(V: number, { weights, smoothing = 0, reduction = 'mean' }: CrossEntropyOptions): void {
  if (weights && weights.length !== V)
    throw new RangeError(`crossEntropy: one weight per class is needed, got ${weights.length} for ${V} classes`)
  if (!(smoothing >= 0 && smoothing <= 1))
    throw new RangeError(`crossEntropy: smoothing must be a number from 0 to 1, got ${smoothing}`)
  if (!['mean', 'sum', 'none'].includes(reduction))
    throw new TypeError(`crossEntropy: reduction must be 'mean', 'sum' or 'none', got ${JSON.stringify(reduction)}`)
}

function ids(list: readonly number[], near: Tensor): Tensor {
  return tensor(Int32Array.from(list), [list.length], { near })
}

/** The losses of the rows that count at their places among all rows, 0 elsewhere. */
function putBack(losses: Tensor, counted: readonly number[], rows: number): Tensor {
  if (counted.length === rows) return losses
  const zero = tensor([0], [1], { dtype: losses.dtype, near: losses })
  const from = new Array<number>(rows).fill(counted.length)
  for (const [n, row] of counted.entries()) from[row] = n
  return reshape(embedding(reshape(concat([losses, zero]), [counted.length + 1, 1]), ids(from, losses)), [rows])
}
