/** Writes the parts of a rung that differ by number only: the register tile, and what one multiply-add is. */

export interface Tile {
  readonly rows: number
  /** Keys (or columns of the result) side by side: a multiple of 4. */
  readonly columns: number
  /** One fused multiply-add of relaxed SIMD, or a multiplication and an addition. */
  readonly fused: boolean
  /** Scores from one row of the strip to the next. */
  readonly span: number
}

const WIDTH = 64

/** lanes.ts of a rung: small helpers on vectors. */
export function lanesSource(fused: boolean): string {
  return `export function madd(a: v128, b: v128, c: v128): v128 {
  return ${fused ? 'f32x4.relaxed_madd(a, b, c)' : 'f32x4.add(f32x4.mul(a, b), c)'}
}
export function lanesSum(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}
export function lanesMax(row: usize, end: usize): f32 {
  let a = v128.load(row)
  let b = v128.load(row, 16)
  for (let p = row + 32; p < end; p += 32) {
    a = f32x4.pmax(a, v128.load(p))
    b = f32x4.pmax(b, v128.load(p, 16))
  }
  a = f32x4.pmax(a, b)
  return max(max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)), max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)))
}
`
}

/** tile.ts of a rung: every accumulator a local, so that the compiler keeps it in a register. */
export function tileSource(tile: Tile): string {
  const { rows, columns, span } = tile
  const bytes = span * 4
  return `import { madd } from './lanes'
export const ROWS: i32 = ${rows}
export const COLUMNS: i32 = ${columns}
export const SPAN: i32 = ${span}
/** s [ROWS][SPAN] ← q [64][ROWS] · k [64][COLUMNS] */
export function scoreTile(q: usize, k: usize, s: usize): void {
${each(tile, (r, v) => `let ${c(r, v)} = f32x4.splat(0)`)}
  const end = k + ${WIDTH * columns * 4}
  while (k < end) {
${step(tile, 'k', (r) => `v128.load32_splat(q, ${r * 4})`)}
    k += ${columns * 4}
    q += ${rows * 4}
  }
${each(tile, (r, v) => `v128.store(s, ${c(r, v)}, ${r * bytes + v * 16})`)}
}
/** out [ROWS][64] += p [ROWS][SPAN] · v [length][COLUMNS] */
export function blendTile(p: usize, v: usize, out: usize, length: i32): void {
${each(tile, (r, v) => `let ${c(r, v)} = v128.load(out, ${r * WIDTH * 4 + v * 16})`)}
  const end = v + <usize>length * ${columns * 4}
  while (v < end) {
${step(tile, 'v', (r) => `v128.load32_splat(p, ${r * bytes})`)}
    v += ${columns * 4}
    p += 4
  }
${each(tile, (r, v) => `v128.store(out, ${c(r, v)}, ${r * WIDTH * 4 + v * 16})`)}
}
`
}

const c = (row: number, vector: number): string => `c${row}_${vector}`

function each({ rows, columns }: Tile, line: (row: number, vector: number) => string): string {
  return indices(rows)
    .flatMap((r) => indices(columns / 4).map((v) => `  ${line(r, v)}`))
    .join('\n')
}

function step({ rows, columns }: Tile, panel: string, one: (row: number) => string): string {
  const vectors = indices(columns / 4)
  const loads = vectors.map((v) => `    const b${v} = v128.load(${panel}, ${v * 16})`)
  const rowsOf = indices(rows).map(
    (r) => `    x = ${one(r)}\n${vectors.map((v) => `    ${c(r, v)} = madd(x, b${v}, ${c(r, v)})`).join('\n')}`,
  )
  return [...loads, '    let x: v128', ...rowsOf].join('\n')
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n)
}
