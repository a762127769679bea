/**
 * The compiler from expressions to WASM: what makes a mask or a score function written in TypeScript run inside the kernel.
 *
 *   trees ── lower.ts ──▶ graph of typed nodes ── scalars.ts, lanes.ts, lookup.ts ──▶ code ── tile.ts ──▶ module
 *
 * A compiled module imports `env.memory` (shared, 1 to 65536 pages) and exports one function; all its parameters are i32:
 *
 *   tile(s, ld, rows, cols, b, h, i0, j0, tables, pool, scratch)
 *   tileGradient(s, ds, ld, rows, cols, b, h, i0, j0, tables, pool, scratch)
 *
 * s, ds    addresses of float32 tiles, `rows` rows of `cols` columns; rows are `ld` bytes apart. cols is a multiple of 16,
 *          at most 128: columns past the last key may hold anything and are overwritten with anything.
 * i0, j0   absolute positions of the first row and column; i0 may be negative. Up to 2²⁴ in absolute value.
 * tables   address of the descriptors, in table order: i32 address; then per axis i32 length, i32 stride (in elements).
 * pool     address of a copy of `constants`; threads may share it.
 * scratch  address of SCRATCH_BYTES bytes that nobody else uses during the call.
 *
 * A table whose axis has length 0 reads as 0 or false. An index outside a table reads its nearest entry; NaN reads entry 0.
 */

import { build, type Expr, structuralKey, substituteScore } from '../../../expression/index.ts'
import type { Node, TableKind } from './graph.ts'
import { lower, type Tables } from './lower.ts'
import { encodeTile, type Module, type Shape } from './tile.ts'
import type { Lanes, Tier, VectorCode } from './vectors.ts'

export type { TableKind } from './graph.ts'
export { MOST_COLUMNS, SCRATCH_BYTES } from './tile.ts'
export type { Tier } from './vectors.ts'

export interface Compiled {
  /** Equal for equal functions. */
  readonly key: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly constants: Float32Array<ArrayBuffer>
}

export interface TileProgram {
  readonly capped?: Expr | undefined
  readonly score?: Expr | undefined
  readonly mask?: Expr | undefined
  readonly tableKinds: readonly TableKind[]
  readonly tableRanks: readonly number[]
}

export interface GradientProgram {
  /** d score / d s, in terms of the scaled score s. */
  readonly derivative: Expr
  readonly mask?: Expr | undefined
  readonly tableKinds: readonly TableKind[]
  readonly tableRanks: readonly number[]
}

/** What a program is cached by; compiling is only needed where the key is new. */
export function programKey(program: TileProgram, stage: 'capped' | 'masked', tier: Tier): string {
  return keyOf('tile', rootsOf(program, stage), program, tier)
}

/** s ← capped(s), then score(s), then −∞ where the mask is false; at stage 'capped' only the first. */
export function compileProgram(program: TileProgram, stage: 'capped' | 'masked', tier: Tier): Compiled {
  const roots = rootsOf(program, stage)
  return compile('tile', roots, program, tier, ([value, mask]) => ({
    name: 'tile',
    target: 's',
    result: (v, lanes) => masked(v, lanes, mask, (lanes) => lanes(value!), Number.NEGATIVE_INFINITY),
  }))
}

export function gradientKey(program: GradientProgram, tier: Tier): string {
  return keyOf('tileGradient', gradientRoots(program), program, tier)
}

/** ds ← ds · derivative(s), 0 where the mask is false. */
export function compileGradient(program: GradientProgram, tier: Tier): Compiled {
  return compile('tileGradient', gradientRoots(program), program, tier, ([slope, mask]) => ({
    name: 'tileGradient',
    target: 'ds',
    result: (v, lanes, old) => masked(v, lanes, mask, (lanes) => v.apply('f32x4.mul', old(), lanes(slope!)), 0),
  }))
}

type Read = (node: Node) => Lanes

/** The value where the mask is true or absent, `otherwise` elsewhere: chosen by its bits, so that no NaN survives. */
function masked(v: VectorCode, lanes: Read, mask: Node | undefined, value: (lanes: Read) => Lanes, otherwise: number): Lanes {
  if (!mask) return value(lanes)
  if (mask.op === 'not') return v.select(lanes(mask.args[0]!), v.number(otherwise), value(lanes))
  return v.select(lanes(mask), value(lanes), v.number(otherwise))
}

function rootsOf(program: TileProgram, stage: 'capped' | 'masked'): Expr[] {
  const capped = program.capped ?? build.s
  if (stage === 'capped') return [capped]
  const value = program.score ? substituteScore(program.score, capped) : capped
  return program.mask ? [value, program.mask] : [value]
}

const gradientRoots = ({ derivative, mask }: GradientProgram): Expr[] => (mask ? [derivative, mask] : [derivative])

function keyOf(name: string, roots: readonly Expr[], tables: Omit<TileProgram, 'score'>, tier: Tier): string {
  return [name, tier, tables.tableKinds.map((kind, n) => `${kind}${tables.tableRanks[n]}`), structuralKey(...roots)].join(' ')
}

function compile(
  name: string,
  roots: readonly Expr[],
  program: Omit<TileProgram, 'score'>,
  tier: Tier,
  shape: (nodes: readonly Node[]) => Shape,
): Compiled {
  const tables: Tables = { kinds: program.tableKinds, ranks: program.tableRanks }
  const module: Module = encodeTile(shape(lower(roots, tables)), tables, tier)
  return { key: keyOf(name, roots, program, tier), ...module }
}
