/** The gradients of attention: how the work is cut, and those of tables, which few calls ask for. */

import { build, compile, derive, substituteScore, type TableData, tableIndex } from '../../../expression/index.ts'
import { arrayOver, sizeOf, type View } from '../../../tensor/index.ts'
import type { AttentionGradientCall } from '../../kernels.ts'
import { ATTENTION, ATTENTION_GRADIENT, KEY_BLOCK, QUERY_ROWS, TASKS, TILE_ROWS } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { install } from '../programs.ts'
import { addressOf, byteStride, hasRuns, withContiguous, withLayout } from '../views.ts'
import { dropoutValues } from './attention.ts'
import { reduce } from './rows.ts'
import { batchStride, type Sizes, sizesOf, type Values, withOperands, withScores } from './scores.ts'

/** So many tasks are made of the rows where there are that many blocks of them; a number that depends on nothing else. */
const TASKS_WANTED = 16
/** Groups of six keys that cover a block. */
const KEY_GROUPS = Math.ceil(KEY_BLOCK / TILE_ROWS)

export function attentionGradient(machine: Machine, call: AttentionGradientCall): void {
  if (sizeOf(call.lse.shape) === 0 || call.k.shape[2] === 0) {
    nothing(machine, call)
    return
  }
  withOperands(machine, call, (scores) =>
    withLayout(machine, call.v, hasRuns, (v) =>
      withLayout(machine, call.dOut, hasRuns, (dOut) =>
        withContiguous(machine, call.dLse ?? call.lse, (dLse) =>
          withScores(machine, scores, 'masked', (common) => {
            const attention = {
              ...common,
              v: addressOf(v),
              out: addressOf(call.out),
              lse: addressOf(call.lse),
              Dv: v.shape[3]!,
              vB: batchStride(v),
              vK: byteStride(v, 1),
              vS: byteStride(v, 2),
              oB: byteStride(call.out, 0),
              oH: byteStride(call.out, 1),
              oL: byteStride(call.out, 2),
              ...dropoutValues(call),
            }
            const gradient = call.program && install(machine, call.program, 'gradient')
            const given = {
              dOut: addressOf(dOut),
              dB: byteStride(dOut, 0),
              dH: byteStride(dOut, 1),
              dL: byteStride(dOut, 2),
              dLse: call.dLse ? addressOf(dLse) : 0,
              dq: addressOf(call.dq),
              dk: addressOf(call.dk),
              dv: addressOf(call.dv),
              slope: gradient?.slot ?? -1,
              pool: gradient?.pool ?? 0,
            }
            run(machine, call, sizesOf(scores), attention, given)
          }),
        ),
      ),
    ),
  )
}

/** Nothing was looked at: every gradient is 0. */
function nothing(machine: Machine, { dq, dk, dv, dSinks, dTables }: AttentionGradientCall): void {
  for (const view of [dq, dk, dv, dSinks, ...dTables]) if (view) clear(machine, view)
}

function clear(machine: Machine, view: View): void {
  machine.f32.fill(0, addressOf(view) >> 2, (addressOf(view) >> 2) + sizeOf(view.shape))
}

function run(machine: Machine, call: AttentionGradientCall, sizes: Sizes, attention: Values, given: Values): void {
  const { B, H, K, L, S, D } = sizes
  const Dv = attention.Dv!
  const [rowBlocks, keyBlocks] = [attention.rowBlocks!, attention.keyBlocks!]
  const [wide, wideV] = [D, Dv].map((width) => Math.ceil(width / machine.nr) * machine.nr) as [number, number]
  const blocksPerPart = Math.ceil(rowBlocks / Math.max(1, Math.min(rowBlocks, Math.ceil(TASKS_WANTED / (B * H)))))
  const parts = Math.ceil(rowBlocks / blocksPerPart)
  const blocks = B * K * keyBlocks
  const partialStride = keyBlocks * (wide + wideV) * KEY_GROUPS * TILE_ROWS * 4
  const bytes = {
    lanesK: blocks * D * KEY_BLOCK * 4,
    lanesV: blocks * Dv * KEY_BLOCK * 4,
    columnsK: blocks * wide * KEY_BLOCK * 4,
    delta: B * H * L * 4,
    partial: B * H * parts * partialStride,
    unclean: blocks,
  }
  machine.ensureScratch(gradientScratch(D, Dv, wide, wideV))
  machine.borrow(
    Object.values(bytes).reduce((sum, n) => sum + align(n), 64),
    (address) => {
      let at = address
      const places = Object.fromEntries(
        Object.entries(bytes).map(([name, n]) => {
          const place = at
          at += align(n)
          return [name, place]
        }),
      )
      const values: Values = { ...given, ...places, parts, blocksPerPart, partialStride }
      const params = (extra: Values = {}): number =>
        machine.parameters(ATTENTION_GRADIENT, { ...values, ...extra, attention: machine.parameters(ATTENTION, attention, 1) })
      const work = B * H * L * Math.min(S, call.band.left + call.band.right + 1)
      machine.run(TASKS.attentionDelta, params(), B * H, B * H * L * Dv * 2)
      machine.run(TASKS.attentionGradientPack, params(), blocks, blocks * KEY_BLOCK * (2 * D + Dv) * 2)
      machine.run(TASKS.attentionGradient, params(), B * H * parts, work * (6 * D + 4 * Dv))
      machine.run(TASKS.attentionGradientJoin, params(), blocks, (bytes.partial / 4) * 2)
      if (call.dSinks) sinks(machine, call.dSinks, sizes, params)
      if (call.dTables.some((table) => table)) tables(machine, call, sizes, attention, params)
    },
  )
}

const align = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Bytes of a task's scratch: `layOut` in assembly/backward-attention.ts. */
function gradientScratch(D: number, Dv: number, wide: number, wideV: number): number {
  const tile = QUERY_ROWS * KEY_BLOCK * 4 + 64
  const across = KEY_GROUPS * QUERY_ROWS * TILE_ROWS * 4
  return 2 * tile + TILE_ROWS * KEY_BLOCK * 4 + across + QUERY_ROWS * 4 * (D + Dv + wide + wideV + wide) + 256
}

function sinks(machine: Machine, out: View, { B, H }: Sizes, params: (extra: Values) => number): void {
  machine.borrow(B * H * 4, (handle) => {
    machine.run(TASKS.sinkGradient, params({ sOut: handle }), B * H, 0)
    const perBatch: View = { handle, offset: 0, shape: [B, H], strides: [H, 1], dtype: 'float32' }
    reduce(machine, 'sum', perBatch, { ...out, shape: [1, H], strides: [H, 1] })
  })
}

/**
 * Tables: s and dS of a block of rows at a time are given out, and each cell's share is added here to the entry that it looked up.
 * Rows × S numbers are held, never n×n.
 */
function tables(
  machine: Machine,
  call: AttentionGradientCall,
  { B, H, L, S }: Sizes,
  attention: Values,
  params: (extra: Values) => number,
): void {
  const add = tableSums(machine, call)
  const width = attention.keyBlocks! * KEY_BLOCK
  machine.borrow(2 * QUERY_ROWS * width * 4, (sOut) => {
    const dsOut = sOut + QUERY_ROWS * width * 4
    for (let n = 0; n < B * H * attention.rowBlocks!; n++) {
      const [b, h, block] = [
        Math.floor(n / attention.rowBlocks! / H),
        Math.floor(n / attention.rowBlocks!) % H,
        n % attention.rowBlocks!,
      ]
      machine.f32.fill(0, dsOut >> 2, (dsOut >> 2) + QUERY_ROWS * width)
      machine.run(TASKS.attentionGradientTile, params({ b, h, block, sOut, dsOut }), 1, 0)
      const first = block * QUERY_ROWS
      const i0 = first + (call.band.offset[b] ?? call.band.offset[0]!)
      for (let r = 0; r < Math.min(QUERY_ROWS, L - first); r++)
        for (let j = 0; j < S; j++) {
          const dS = machine.f32[(dsOut >> 2) + r * width + j]!
          if (dS !== 0) add.cell(dS, machine.f32[(sOut >> 2) + r * width + j]!, b, h, i0 + r, j)
        }
    }
  })
  add.store()
}

type Cell = readonly [s: number, b: number, h: number, i: number, j: number]

/** Sums in float64 for each wanted table; `store` rounds them into place. */
function tableSums(machine: Machine, { program, dTables }: AttentionGradientCall) {
  const data = program!.tables.map((view) => tableData(machine, view))
  const capped = program!.capped ?? build.s
  const { tables } = derive(program!.score ? substituteScore(program!.score, capped) : capped)
  const sums = dTables.map((view) => view && new Float64Array(sizeOf(view.shape)))
  const lookups = tables.flatMap(({ table, at, slope }) => {
    const sum = sums[table]
    return sum ? [{ sum, shape: dTables[table]!.shape, at: at.map((x) => compile(x, data)), slope: compile(slope, data) }] : []
  })
  return {
    cell: (dS: number, ...place: Cell) => {
      for (const { sum, shape, at, slope } of lookups)
        sum[at.reduce((n, x, axis) => n * shape[axis]! + tableIndex(x(...place), shape[axis]!), 0)]! += dS * slope(...place)
    },
    store: () => {
      for (const [n, view] of dTables.entries()) if (view) machine.f32.set(sums[n]!, addressOf(view) >> 2)
    },
  }
}

function tableData(machine: Machine, { handle, offset, shape, strides, dtype }: View): TableData {
  const span = 1 + shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 0)
  return { data: arrayOver(dtype, machine.wasmMemory.buffer, handle, offset + span), shape, strides, offset }
}
