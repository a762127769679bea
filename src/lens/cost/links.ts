/** Which links a pattern has, asked of the engine that carries it out: scores that are all 0 are shared evenly among the keys that are seen. */

import { attention, attentionWeights, type Mask } from '../../attention/index.ts'
import { full } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Pattern } from './patterns.ts'

/** Rows of the pattern, row-major: 1 where the key is seen, else 0. */
export async function seen(pattern: Pattern, n: number, rows: readonly number[]): Promise<Uint8Array> {
  const weights = await evenly(pattern, n, (q, options) => attentionWeights(q, q, options, { rows: { list: rows } }))
  const out = new Uint8Array(weights.length)
  for (let at = 0; at < out.length; at++) if (weights[at]! > 0) out[at] = 1
  return out
}

/** How many links the pattern allows in n × n: a row that sees c keys has log Σ exp(0) = log c. Exact up to about 100 000 keys in a row. */
export async function linksOf(pattern: Pattern, n: number): Promise<number> {
  let links = 0
  for (const lse of await evenly(pattern, n, (q, options) => attention(q, q, q, options).lse)) links += Math.round(Math.exp(lse))
  return links
}

async function evenly(pattern: Pattern, n: number, look: (q: Tensor, options: { mask?: Mask }) => Tensor): Promise<Float32Array> {
  const made = (() => {
    using s = scope()
    using mask = pattern.mask(n)
    return s.keep(look(full([1, 1, n, 1], 0), mask ? { mask } : {}))
  })()
  try {
    return (await made.read()) as Float32Array
  } finally {
    made.dispose()
  }
}
