/** How wrong a model's scores are. */

import { embedding, logSoftmax, mean, neg, reshape, tensor } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'

export interface CrossEntropyOptions {
  /** Labels of this value do not count. Default −100. */
  ignore?: number
}

/**
 * The mean of −log softmax(logits)[label] over all labels that count: a tensor of shape []. logits […,V]; one label for each row, in
 * order. Without a label that counts the mean of nothing is NaN.
 */
export function crossEntropy(logits: Tensor, labels: ArrayLike<number>, { ignore = -100 }: CrossEntropyOptions = {}): Tensor {
  using s = scope()
  const vocabulary = logits.shape.at(-1) ?? 0
  const rows = vocabulary === 0 ? 0 : logits.size / vocabulary
  if (labels.length !== rows)
    throw new RangeError(`crossEntropy: one label per row of logits is needed, got ${labels.length} for ${show(logits.shape)}`)
  const places: number[] = []
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!
    if (label === ignore) continue
    if (!Number.isInteger(label) || label < 0 || label >= vocabulary)
      throw new RangeError(`crossEntropy: label ${row} is ${label}; logits ${show(logits.shape)} have 0 to ${vocabulary - 1}`)
    places.push(row * vocabulary + label)
  }
  const all = reshape(logSoftmax(logits), [logits.size, 1])
  return s.keep(neg(mean(embedding(all, tensor(Int32Array.from(places), [places.length], { near: all })))))
}
