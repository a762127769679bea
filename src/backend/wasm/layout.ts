/**
 * What TypeScript and the kernels agree on: where things lie in memory, how parameters are laid out, how tasks and functions are
 * numbered. Its other half is in assembly/; a field's place in these lists is its place there.
 */

/** Memory map in bytes. What lies above HEAP belongs to the allocator; below it, after 61440, are the pool's queues (assembly/pool.ts). */
export const CONTROL = 2048
export const CONTROL_SLEEPERS = CONTROL + 192
export const CONTROL_THREADS = CONTROL + 276
export const CONTROL_PROGRAM_LIST = CONTROL + 280
export const CONTROL_SCRATCH = CONTROL + 320
export const PARAMETERS = 3072
export const HEAP = 65536
export const PAGE = 65536
export const MAXIMUM_PAGES = 65536

/** Fields of four bytes each; `:f` is a float, all others are integers or addresses. */
export interface Layout {
  readonly fields: readonly string[]
  /** Which of them are floats, by their place. */
  readonly floats: readonly number[]
}

function layout(text: string): Layout {
  const words = text.trim().split(/\s+/)
  const fields = words.map((word) => word.replace(':f', ''))
  return { fields, floats: words.flatMap((word, n) => (word.endsWith(':f') ? [n] : [])) }
}

export const ATTENTION = layout(`
  q k v out lse B H K L S D Dv scale:f
  qB qH qL kB kK kS vB vK vS oB oH oL
  left right offsets lengths sinks program tables pool changes
  classes classB classH rowBlocks keyBlocks packedK packedV unclean
  drop seed keep:f chunk chunks partial`)

export const WEIGHTS = layout(`
  attention heads headCount row0 row1 col0 col1 stage lse lseB lseH lseL out rowsPerTask`)

export const GEMM = layout(`
  a b out packed bias residual M N K scale:f aRow aK bK bN outRow residualRow activation batch offsets
  rowsPerTask panelsPerTask rowTasks columnTasks panelsPerPack packTasks packedStride kind scales`)

export const ELEMENTWISE = layout(`
  a b out f rank run
  d0 d1 d2 d3 d4 d5 a0 a1 a2 a3 a4 a5 b0 b1 b2 b3 b4 b5 o0 o1 o2 o3 o4 o5
  aRun bRun oRun perTask outer from to`)

export const ROWS = layout('x out rows width rowsPerTask mode weight bias eps:f offset:f')
export const REDUCE = layout('x out outer reduced inner f perTask')
export const GATHER = layout('table ids out rows width tableRows tableRow tableColumn rowsPerTask lanes kind scales')
export const ROPE = layout('x cos sin out B H L D R xB xH xL xD interleaved angleB angleL')

export const ATTENTION_GRADIENT = layout(`
  attention dOut dB dH dL dLse delta dq dk dv slope pool lanesK lanesV columnsK unclean
  parts blocksPerPart partial partialStride b h block sOut dsOut`)

export const SLOPE = layout('x gradient out f count perTask')
export const NORM_GRADIENT = layout('x weight gradient dx partial rows width rowsPerTask mode eps:f offset:f')
export const SCATTER = layout('ids gradient out count rows width columnsPerTask fresh')
export const ADAM = layout(`
  parameter gradient m v vmax count perTask keep:f decay:f rate:f b1:f b2:f one1:f one2:f root:f eps:f`)

/** Kinds of task, as `perform` in assembly/index.ts numbers them. */
export const TASKS = {
  attentionHead: 0,
  attentionPack: 1,
  attentionForward: 2,
  attentionChunk: 3,
  attentionJoin: 4,
  weights: 5,
  matrixPack: 6,
  matrixProduct: 7,
  unary: 8,
  binary: 9,
  copy: 10,
  softmax: 11,
  norm: 12,
  reduce: 13,
  gather: 14,
  rope: 15,
  attentionDelta: 16,
  attentionGradientPack: 17,
  attentionGradient: 18,
  attentionGradientJoin: 19,
  attentionGradientTile: 20,
  sinkGradient: 21,
  slope: 22,
  normGradient: 23,
  scatter: 24,
  adam: 25,
} as const

export const UNARY = {
  none: 0,
  neg: 1,
  abs: 2,
  exp: 3,
  log: 4,
  sqrt: 5,
  rsqrt: 6,
  tanh: 7,
  sigmoid: 8,
  relu: 9,
  silu: 10,
  gelu: 11,
  geluTanh: 12,
  square: 13,
  reciprocal: 14,
} as const

export const BINARY = { add: 0, sub: 1, mul: 2, div: 3, min: 4, max: 5 } as const
export const REDUCTION = { sum: 0, mean: 1, max: 2 } as const
export const NUMBER = { float32: 0, float16: 1, bfloat16: 2, int32: 3, bool: 4, int8: 5 } as const
export const STAGE = { scaled: 0, capped: 1, masked: 2, weights: 3 } as const

/** Rows of queries and keys that the tiled kernels work on at a time (ROWS and KEYS in assembly/). */
export const QUERY_ROWS = 96
export const KEY_BLOCK = 128
export const TILE_ROWS = 6

/** Bytes of each thread's scratch that compiled programs have (assembly/pool.ts). */
export const PROGRAM_SCRATCH = 16384

/** How the kernels write "no bound": far enough, and adding a position to it does not overflow. */
export const OPEN = 0x3fffffff
