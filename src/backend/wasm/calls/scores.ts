/** What attention and its weights have in common: Q, K, the band, the program, the sinks, as parameters of the kernels. */

import type { View } from '../../../tensor/index.ts'
import type { Scores, Stage } from '../../kernels.ts'
import { KEY_BLOCK, OPEN, QUERY_ROWS } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { install } from '../programs.ts'
import { addressOf, byteStride, hasRuns, withContiguous, withLayout } from '../views.ts'

export type Values = Record<string, number>

export interface Sizes {
  readonly B: number
  readonly H: number
  readonly K: number
  readonly L: number
  readonly S: number
  readonly D: number
}

export function sizesOf({ q, k }: Scores): Sizes {
  const [B, H, L, D] = q.shape as [number, number, number, number]
  const [, K, S] = k.shape as [number, number, number]
  return { B, H, K, L, S, D }
}

/** Views whose last axis is adjacent, as the kernels need it. */
export function withOperands<T>(machine: Machine, call: Scores, use: (call: Scores) => T): T {
  return withLayout(machine, call.q, hasRuns, (q) =>
    withLayout(machine, call.k, hasRuns, (k) => {
      if (!call.sinks) return use({ ...call, q, k })
      return withContiguous(machine, call.sinks, (sinks) => use({ ...call, q, k, sinks }))
    }),
  )
}

/** A batch stride; 0 where one entry serves all. */
export function batchStride(view: View): number {
  return view.shape[0] === 1 ? 0 : byteStride(view, 0)
}

/** Calls `use` with the parameters that describe the scores; what they point to lives as long as the call. */
export function withScores<T>(machine: Machine, call: Scores, stage: Stage, use: (values: Values) => T): T {
  const sizes = sizesOf(call)
  const { B, S } = sizes
  const needed =
    call.program && stage !== 'scaled' ? install(machine, call.program, stage === 'capped' ? 'capped' : 'masked') : undefined
  const tableWords = needed?.tableWords ?? 0
  const classes = needed && stage !== 'capped' ? needed.classes(sizes, call.band) : undefined
  const bytes = B * 8 + tableWords * 4 + (classes?.map.length ?? 0)
  return machine.borrow(bytes + 64, (address) => {
    const at = address >> 2
    for (let b = 0; b < B; b++) {
      machine.i32[at + b] = clampPosition(call.band.offset[b] ?? call.band.offset[0]!)
      machine.i32[at + B + b] = Math.max(0, Math.min(S, call.band.lengths?.[b] ?? S))
    }
    const tables = address + B * 8
    needed?.writeTables(tables)
    const map = tables + tableWords * 4
    if (classes) machine.u8.set(classes.map, map)
    return use({
      ...sizes,
      q: addressOf(call.q),
      k: addressOf(call.k),
      scale: call.scale,
      qB: batchStride(call.q),
      qH: byteStride(call.q, 1),
      qL: byteStride(call.q, 2),
      kB: batchStride(call.k),
      kK: byteStride(call.k, 1),
      kS: byteStride(call.k, 2),
      left: clampReach(call.band.left),
      right: clampReach(call.band.right),
      offsets: address,
      lengths: address + B * 4,
      sinks: call.sinks ? addressOf(call.sinks) : 0,
      program: needed?.slot ?? -1,
      tables,
      pool: needed?.pool ?? 0,
      changes: needed?.changes ? 1 : 0,
      classes: classes ? map : 0,
      classB: classes?.strideB ?? 0,
      classH: classes?.strideH ?? 0,
      rowBlocks: Math.ceil(sizes.L / QUERY_ROWS),
      keyBlocks: Math.ceil(S / KEY_BLOCK),
    })
  })
}

function clampReach(reach: number): number {
  return Math.min(reach, OPEN)
}

function clampPosition(offset: number): number {
  return Math.max(-OPEN, Math.min(OPEN, offset))
}
