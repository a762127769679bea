/** Which part of a tensor an edit is for. */

import type { Tensor } from '../../tensor/index.ts'
import type { Passing } from '../hooks.ts'
import { type Box, changed } from './box.ts'

export interface Region {
  /** Of one text; undefined: of each. */
  readonly batch: number | undefined
  /** Of a tensor [B,H,L,D]; undefined: of each. */
  readonly heads?: readonly number[] | undefined
  /** For every text the tokens [first, last]; undefined: all. */
  readonly rows?: readonly (readonly [number, number])[] | undefined
}

/** x with `change` done within the region. x [B,L,width], or [B,H,L,D]; `passing.from`: where row 0 stands. */
export function within(
  x: Tensor,
  region: Region,
  { from }: Pick<Passing, 'from'>,
  change: (part: Tensor, box: Box) => Tensor,
): Tensor {
  return boxesOf(x, region, from).reduce((made, box) => changed(made, box, (part) => change(part, box)), x)
}

function boxesOf({ shape, rank }: Tensor, { batch, heads, rows }: Region, from: readonly number[]): Box[] {
  const length = shape[rank - 2]!
  const texts = rows ? (batch === undefined ? from.map((_, b) => b) : [batch]) : [batch]
  return texts.flatMap((b): Box[] => {
    const text = b === undefined ? undefined : ([b, b + 1] as const)
    const [first, last] = rows ? rows[b!]! : [0, 0]
    const range = rows && ([Math.max(0, first - from[b!]!), Math.min(length, last + 1 - from[b!]!)] as const)
    if (range && range[0] >= range[1]) return []
    return rank === 3 ? [[text, range]] : runsOf(heads).map((run) => [text, run, range])
  })
}

/** Neighbours together: [0,1,4] is [0,2] and [4,5]. */
function runsOf(heads: readonly number[] | undefined): ([number, number] | undefined)[] {
  if (!heads) return [undefined]
  const runs: [number, number][] = []
  for (const head of [...heads].sort((a, b) => a - b))
    if (runs.at(-1)?.[1] === head) runs.at(-1)![1]++
    else runs.push([head, head + 1])
  return runs
}
