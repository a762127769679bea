/** The block structure of a mask: which blocks of 96 queries × 128 keys it empties, fills or cuts. */

import type { Tile } from '../../expression/index.ts'
import type { Band } from '../kernels.ts'
import type { Sizes } from './calls/scores.ts'
import { KEY_BLOCK, QUERY_ROWS } from './layout.ts'

/** u8 [B or 1][H or 1][row blocks][key blocks]: 0 empty, 1 partial, 2 full. Strides are in bytes, 0 where the mask does not look at b or h. */
export interface BlockMap {
  readonly map: Uint8Array
  readonly strideB: number
  readonly strideH: number
}

const CODE = { empty: 0, partial: 1, full: 2 } as const

export function classify(
  coverage: (tile: Tile) => keyof typeof CODE,
  variables: ReadonlySet<string>,
  { B, H, L, S }: Sizes,
  band: Band,
): BlockMap {
  const rowBlocks = Math.ceil(L / QUERY_ROWS)
  const keyBlocks = Math.ceil(S / KEY_BLOCK)
  const size = rowBlocks * keyBlocks
  const sameOffset = band.offset.every((offset) => offset === band.offset[0])
  const perB = variables.has('b') || !sameOffset ? B : 1
  const perH = variables.has('h') ? H : 1
  const map = new Uint8Array(perB * perH * size)
  for (let b = 0; b < perB; b++) {
    const offset = band.offset[b] ?? band.offset[0]!
    for (let h = 0; h < perH; h++) {
      const at = (b * perH + h) * size
      for (let r = 0; r < rowBlocks; r++) {
        const i0 = r * QUERY_ROWS + offset
        const i1 = Math.min(L, (r + 1) * QUERY_ROWS) - 1 + offset
        // Blocks that the band empties anyway are never asked about.
        const first = Math.max(0, Math.floor((i0 - band.left) / KEY_BLOCK))
        const past = Math.min(keyBlocks, Math.floor((i1 + band.right) / KEY_BLOCK) + 1)
        for (let k = first; k < past; k++) {
          const j: [number, number] = [k * KEY_BLOCK, Math.min(S, (k + 1) * KEY_BLOCK) - 1]
          map[at + r * keyBlocks + k] = CODE[coverage({ b, h, i: [i0, i1], j })]
        }
      }
    }
  }
  return { map, strideB: perB > 1 ? perH * size : 0, strideH: perH > 1 ? size : 0 }
}
