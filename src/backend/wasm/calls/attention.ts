/** Attention: which of the three ways a call takes, and its parameters. */

import { sizeOf } from '../../../tensor/index.ts'
import type { AttentionCall, WeightsCall } from '../../kernels.ts'
import { ATTENTION, KEY_BLOCK, QUERY_ROWS, STAGE, TASKS, TILE_ROWS, WEIGHTS } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { addressOf, byteStride, hasRuns, withContiguous, withLayout } from '../views.ts'
import { batchStride, type Sizes, sizesOf, type Values, withOperands, withScores } from './scores.ts'

/** At most so many queries: K and V are read where they lie, and the keys are shared among threads. */
const FEW_ROWS = 4
/** Keys of a chunk of the few-rows path: fixed, so that the bits do not depend on the number of threads. */
const CHUNK = 1024
/** Packed K and V of one head up to this many bytes stay in the scratch of the thread that packed them. */
const HEAD_BYTES = 1 << 20

export function attention(machine: Machine, call: AttentionCall): string {
  if (sizeOf(call.lse.shape) === 0) return `wasm ${machine.tier}`
  return withOperands(machine, call, (scores) =>
    withLayout(machine, call.v, hasRuns, (v) => {
      const sizes = sizesOf(scores)
      const Dv = v.shape[3]!
      return withScores(machine, scores, 'masked', (common) => {
        const values: Values = {
          ...common,
          v: addressOf(v),
          out: addressOf(call.out),
          lse: addressOf(call.lse),
          Dv,
          vB: batchStride(v),
          vK: byteStride(v, 1),
          vS: byteStride(v, 2),
          oB: byteStride(call.out, 0),
          oH: byteStride(call.out, 1),
          oL: byteStride(call.out, 2),
          ...dropoutValues(call),
        }
        const work = sizes.B * sizes.H * sizes.L * Math.min(sizes.S, bandWidth(call)) * 2 * (sizes.D + Dv)
        return `wasm ${machine.tier}, ${choose(machine, sizes, Dv, values, work)}`
      })
    }),
  )
}

export function dropoutValues({ dropout }: Pick<AttentionCall, 'dropout'>): Values {
  if (!dropout || dropout.p === 0) return {}
  return {
    drop: Math.floor(dropout.p * 2 ** 32),
    seed: dropout.seed,
    keep: dropout.p === 1 ? Number.MIN_VALUE : 1 / (1 - dropout.p),
  }
}

function bandWidth({ band }: AttentionCall): number {
  return band.left + band.right + 1
}

function choose(machine: Machine, sizes: Sizes, Dv: number, values: Values, work: number): string {
  if (sizes.L <= FEW_ROWS) return fewRows(machine, sizes, Dv, values, work)
  const padded = Math.ceil(Dv / machine.nr) * machine.nr
  const blocks = values.keyBlocks!
  const packed = blocks * KEY_BLOCK * (sizes.D + padded) * 4
  const rowScratch = QUERY_ROWS * (sizes.D + padded) * 4 + TILE_ROWS * KEY_BLOCK * 4 + QUERY_ROWS * 8 + 256
  const heads = sizes.B * sizes.K
  if (packed <= HEAD_BYTES && (machine.threads === 1 || heads >= machine.threads * 2)) {
    machine.ensureScratch(packed + blocks + rowScratch)
    machine.run(TASKS.attentionHead, machine.parameters(ATTENTION, values), heads, work)
    return 'tiled by head'
  }
  machine.ensureScratch(rowScratch)
  machine.borrow(heads * (packed + blocks) + 64, (address) => {
    values.packedK = address
    values.packedV = address + heads * blocks * KEY_BLOCK * sizes.D * 4
    values.unclean = address + heads * packed
    const params = machine.parameters(ATTENTION, values)
    machine.run(TASKS.attentionPack, params, heads * blocks, heads * packed)
    machine.run(TASKS.attentionForward, params, sizes.B * sizes.H * values.rowBlocks!, work)
  })
  return 'tiled'
}

function fewRows(machine: Machine, { B, H, K, L, S, D }: Sizes, Dv: number, values: Values, work: number): string {
  const rows = (H / K) * L
  const chunks = Math.max(1, Math.ceil(S / CHUNK))
  const partialBytes = 64 + Math.ceil((Dv * 4) / 64) * 64
  machine.ensureScratch(rows * (Math.ceil(D / 4) * 16 + KEY_BLOCK * 4) + 64)
  machine.borrow(B * K * chunks * rows * partialBytes, (partial) => {
    const params = machine.parameters(ATTENTION, { ...values, chunk: CHUNK, chunks, partial })
    machine.run(TASKS.attentionChunk, params, B * K * chunks, work)
    machine.run(TASKS.attentionJoin, params, B * K, B * K * chunks * rows * Dv)
  })
  return 'few rows'
}

export function attentionWeights(machine: Machine, call: WeightsCall): void {
  if (sizeOf(call.out.shape) === 0) return
  withOperands(machine, call, (scores) =>
    withScores(machine, scores, call.stage, (common) =>
      machine.borrow(call.heads.length * 4, (heads) => {
        machine.i32.set(call.heads, heads >> 2)
        tile(machine, call, common, heads)
      }),
    ),
  )
}

function tile(machine: Machine, call: WeightsCall, common: Values, heads: number): void {
  const { B, D, S } = sizesOf(call)
  const rows = call.rows[1] - call.rows[0]
  const cols = call.cols[1] - call.cols[0]
  const tasksPerHead = Math.min(Math.ceil(rows / TILE_ROWS), Math.ceil(rows / QUERY_ROWS) * Math.max(1, machine.threads))
  const rowsPerTask = Math.ceil(rows / tasksPerHead / TILE_ROWS) * TILE_ROWS
  const tasks = B * call.heads.length * Math.ceil(rows / rowsPerTask)
  machine.ensureScratch(TILE_ROWS * KEY_BLOCK * 4 + rowsPerTask * 12 + 256 + D * KEY_BLOCK * 4 + (D + 4) * TILE_ROWS * 4 + 512)
  const run = (lse: Values) => {
    const attention = machine.parameters(ATTENTION, common, 1)
    const values = {
      attention,
      heads,
      headCount: call.heads.length,
      row0: call.rows[0],
      row1: call.rows[1],
      col0: call.cols[0],
      col1: call.cols[1],
      stage: STAGE[call.stage],
      out: addressOf(call.out),
      rowsPerTask,
      ...lse,
    }
    const work = B * call.heads.length * rows * (call.lse ? cols : S + cols) * 2 * D
    machine.run(TASKS.weights, machine.parameters(WEIGHTS, values), tasks, work)
  }
  if (call.stage !== 'weights' || !call.lse) run({})
  else
    withContiguous(machine, call.lse, (lse) =>
      run({ lse: addressOf(lse), lseB: batchStride(lse), lseH: byteStride(lse, 1), lseL: byteStride(lse, 2) }),
    )
}
