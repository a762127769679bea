/** What the benchmark measures, case by case, in the order it is reported. */

import { GPT2, GPT2_WORDS, LEARNER, LEARNER_WORDS, MINILM, MINILM_WORDS } from './models.ts'
import { hash } from './numbers.ts'
import { type AttentionWork, type Mask, type ModelWork, SEEDS, type Work } from './work.ts'

/** Who a case is measured against. Peers with n² memory or no threads drop out of the long ones. */
export type PeerName = 'pytorch' | 'pytorch-avx2' | 'pytorch-reduced' | 'onnxruntime-node' | 'onnxruntime-web' | 'litert' | 'jax-js'

export interface Case {
  readonly id: string
  readonly section: Section
  readonly title: string
  readonly work: Work
  readonly peers: readonly PeerName[]
  /** Regard against itself: the ratio says how many times longer `work` takes than `baseline`. */
  readonly baseline?: { readonly title: string; readonly work: Work }
  readonly threads: readonly number[]
  /** With how many threads it is part of the short run. */
  readonly short: readonly number[]
}

export const SECTIONS = {
  dense: 'Attention, dense',
  causal: 'Attention, causal',
  masks: 'Attention, windows and custom masks',
  training: 'Attention, forward and backward',
  short: 'Short sequences, time of one call',
  decode: 'Decode, one query against a long cache',
  product: 'Linear layers and matrix products (x·wᵀ + bias)',
  questions: 'Weights on demand after a run over 32k tokens, one head',
  long: 'Long sequences, one head',
  custom: 'A custom function against its built-in equivalent',
  encode: 'Encoding with all-MiniLM-L6-v2 (6 layers × 384)',
  write: 'Writing with a GPT-2 of 124 M parameters (12 layers × 768)',
  learn: 'A step of learning: forward, backward, AdamW',
} as const

export type Section = keyof typeof SECTIONS

const PYTORCH: readonly PeerName[] = ['pytorch', 'pytorch-avx2']
const NATIVE: readonly PeerName[] = [...PYTORCH, 'onnxruntime-node']
const ALL: readonly PeerName[] = [...NATIVE, 'onnxruntime-web', 'litert', 'jax-js']
const BOTH = [1, 2]
const ONE = [1]
const NONE: readonly number[] = []

const DENSE: Mask = { kind: 'dense' }
const CAUSAL: Mask = { kind: 'causal' }
const K = 1024

function square(length: number, heads: number, mask: Mask): AttentionWork {
  return { kind: 'attention', heads, queries: length, keys: length, width: 64, mask }
}

function title(work: Work): string {
  if (work.kind === 'product') return `${work.m} × ${work.n} × ${work.k}`
  if (work.kind === 'model') return `${work.ids.length} × ${work.ids[0]!.length} tokens`
  if (work.kind === 'weights') return `rows ${work.rows.join('–')}, columns ${work.cols.join('–')}`
  const { queries, keys, heads } = work
  const length = queries === keys ? `N=${count(keys)}` : `1 query, ${count(keys)} keys`
  return `${length} H=${heads}`
}

/** 32768 → 32k */
export function count(n: number): string {
  return n >= 2 * K && n % K === 0 ? `${n / K}k` : String(n)
}

function lengths(section: 'dense' | 'causal', mask: Mask): Case[] {
  const made = (
    length: number,
    heads: number,
    peers: readonly PeerName[],
    threads: readonly number[],
    short: readonly number[],
  ): Case => {
    const work = square(length, heads, mask)
    return { id: `${section}-${length}`, section, title: title(work), work, peers, threads, short }
  }
  return [
    made(128, 12, ALL, BOTH, NONE),
    made(512, 12, ALL, BOTH, ONE),
    made(1024, 12, ALL, BOTH, BOTH),
    made(4096, 8, NATIVE, BOTH, ONE),
    made(16 * K, 1, NATIVE, BOTH, NONE),
    made(32 * K, 1, NATIVE, BOTH, NONE),
  ]
}

function masked(
  id: string,
  name: string,
  length: number,
  heads: number,
  mask: Mask,
  peers: readonly PeerName[],
  short = NONE,
): Case {
  const work = square(length, heads, mask)
  return { id, section: 'masks', title: `${name}, ${title(work)}`, work, peers, threads: BOTH, short }
}

const WINDOW: Mask = { kind: 'window', size: 512 }
const DOCUMENTS: Mask = { kind: 'documents', length: 700 }

const maskCases: Case[] = [
  masked('window-4096', 'window 512', 4 * K, 8, WINDOW, NATIVE, ONE),
  masked('window-16k', 'window 512', 16 * K, 1, WINDOW, NATIVE),
  masked('documents-1024', 'causal in documents of 700', K, 12, DOCUMENTS, ALL),
  masked('documents-4096', 'causal in documents of 700', 4 * K, 8, DOCUMENTS, NATIVE),
]

const trainingCases = [DENSE, CAUSAL].flatMap((mask) =>
  [512, 1024].map((length): Case => {
    const work: AttentionWork = { ...square(length, 12, mask), backward: true }
    const id = `training-${mask.kind}-${length}`
    return { id, section: 'training', title: `${mask.kind}, ${title(work)}`, work, peers: PYTORCH, threads: BOTH, short: NONE }
  }),
)

const shortCases = [16, 32, 64, 128].map((length): Case => {
  const work = square(length, 12, DENSE)
  return {
    id: `sentence-${length}`,
    section: 'short',
    title: title(work),
    work,
    peers: ALL,
    threads: BOTH,
    short: length === 32 ? ONE : NONE,
  }
})

const decodeCases = [K, 8 * K, 32 * K, 128 * K].map((keys): Case => {
  const work: AttentionWork = { kind: 'attention', heads: 8, queries: 1, keys, width: 64, mask: DENSE }
  return {
    id: `decode-${keys}`,
    section: 'decode',
    title: title(work),
    work,
    peers: NATIVE,
    threads: BOTH,
    short: keys === 8 * K ? ONE : NONE,
  }
})

const SHAPES: readonly (readonly [number, number, number])[] = [
  [1024, 1024, 1024],
  ...[8, 32, 128, 512].flatMap((m) => [[m, 384, 384] as const, [m, 1536, 384] as const, [m, 384, 1536] as const]),
]

const productCases = SHAPES.map(([m, n, k]): Case => {
  const work: Work = { kind: 'product', m, n, k }
  const short = m === 1024 || (m === 32 && n === 1536) ? ONE : NONE
  const peers = m >= 512 ? ALL : ALL.filter((name) => name !== 'pytorch-avx2')
  return { id: `linear-${m}x${n}x${k}`, section: 'product', title: title(work), work, peers, threads: BOTH, short }
})

const LONG = 32 * K
const tile = (rows: readonly [number, number], cols: readonly [number, number]): Work => ({
  kind: 'weights',
  keys: LONG,
  width: 64,
  rows,
  cols,
})

const questionCases = [
  { id: 'weights-row', name: 'one row', work: tile([LONG - 1, LONG], [0, LONG]) },
  { id: 'weights-tile', name: 'a tile of 256 × 256', work: tile([LONG - 256, LONG], [LONG - 512, LONG - 256]) },
].map(({ id, name, work }): Case => ({ id, section: 'questions', title: name, work, peers: [], threads: BOTH, short: ONE }))

const longCases: Case[] = [
  {
    id: 'window-growth',
    section: 'long',
    title: 'window 512: 32k against 16k',
    work: square(LONG, 1, WINDOW),
    baseline: { title: '16k', work: square(LONG / 2, 1, WINDOW) },
    peers: [],
    threads: ONE,
    short: ONE,
  },
  {
    id: 'window-or-all',
    section: 'long',
    title: '32k: dense causal against window 512',
    work: square(LONG, 1, CAUSAL),
    baseline: { title: 'window 512', work: square(LONG, 1, WINDOW) },
    peers: [],
    threads: ONE,
    short: NONE,
  },
  {
    id: 'memory-100k',
    section: 'long',
    title: '100 000 tokens, causal: memory beside inputs and output',
    work: square(100_000, 1, CAUSAL),
    peers: [],
    threads: ONE,
    short: NONE,
  },
]

const customCases: Case[] = [
  { name: 'mask: causal', plain: square(2 * K, 4, CAUSAL), custom: { traced: true } },
  { name: 'mask: window 512', plain: square(4 * K, 4, WINDOW), custom: { traced: true } },
  {
    name: 'score: ALiBi, causal',
    plain: { ...square(2 * K, 4, CAUSAL), alibi: 'built-in' as const },
    custom: { alibi: 'traced' as const },
  },
].map(({ name, plain, custom }, n) => ({
  id: `custom-${n}`,
  section: 'custom',
  title: `${name}, ${title(plain)}`,
  work: { ...plain, ...custom },
  baseline: { title: 'built-in', work: plain },
  peers: [],
  threads: ONE,
  short: n === 0 ? ONE : NONE,
}))

/** `texts` rows of ids; the first and the last of a row may be given ones, as [CLS] and [SEP] are. */
function randomIds(texts: number, length: number, words: number, seed: number, ends?: readonly [number, number]): number[][] {
  const idAt = (b: number, n: number): number => {
    if (ends && (n === 0 || n === length - 1)) return ends[n === 0 ? 0 : 1]
    return ORDINARY + (hash(b * length + n, seed) % (words - ORDINARY))
  }
  return Array.from({ length: texts }, (_, b) => Array.from({ length }, (_, n) => idAt(b, n)))
}

/** Ids below belong to the format, and to words not in use. */
const ORDINARY = 1000

/** Of all products of `layers`: four of width × width and two of width × 4·width for each token, two of attention. */
function transformerFlops(tokens: number, keys: number, layers: number, width: number): number {
  return layers * (2 * tokens * 12 * width * width + 4 * tokens * keys * width)
}

const encodeCases = (
  [
    [1, 16],
    [1, 128],
    [8, 128],
  ] as const
).map(([texts, length]): Case => {
  const ids = randomIds(texts, length, MINILM_WORDS, SEEDS.ids, [101, 102])
  const flops = transformerFlops(texts * length, length, 6, 384)
  const work: ModelWork = { kind: 'model', task: 'encode', folder: MINILM, ids, weights: 'float32', width: 384, flops }
  const short = length === 16 ? ONE : NONE
  return { id: `encode-${texts}x${length}`, section: 'encode', title: title(work), work, peers: PYTORCH, threads: BOTH, short }
})

const CONTEXT = 512

function writeCase(task: 'prefill' | 'decode', weights: ModelWork['weights']): Case {
  const ids = randomIds(1, task === 'decode' ? 2 * CONTEXT : CONTEXT, GPT2_WORDS, SEEDS.ids)
  const flops = transformerFlops(task === 'decode' ? 1 : CONTEXT, CONTEXT, 12, 768) + 2 * 768 * GPT2_WORDS
  const work: ModelWork = { kind: 'model', task, folder: GPT2, ids, context: CONTEXT, weights, width: GPT2_WORDS, flops }
  const title = task === 'prefill' ? `reading ${CONTEXT} tokens` : `a token after ${CONTEXT}, ${weights} weights`
  const id = task === 'prefill' ? `prefill-${CONTEXT}` : `decode-gpt2-${weights}`
  const peers: PeerName[] = task === 'prefill' || weights === 'int8' ? ['pytorch', 'pytorch-reduced'] : ['pytorch']
  return { id, section: 'write', title, work, peers, threads: BOTH, short: NONE }
}

const writeCases = [
  writeCase('prefill', 'float32'),
  ...(['float32', 'float16', 'bfloat16', 'int8'] as const).map((weights) => writeCase('decode', weights)),
]

function learnCase(texts: number, length: number): Case {
  const [ids, labels] = (['ids', 'labels'] as const).map((seed) => randomIds(texts, length, LEARNER_WORDS, SEEDS[seed]))
  const tokens = texts * length
  const flops = 3 * (transformerFlops(tokens, length, 6, 384) + 2 * tokens * 384 * (384 + LEARNER_WORDS))
  const work = {
    kind: 'model',
    task: 'learn',
    folder: LEARNER,
    ids: ids!,
    labels: labels!,
    weights: 'float32',
    width: 1,
    flops,
  } as const
  const name = `6 layers × 384, ${title(work)}`
  return { id: `learn-${texts}x${length}`, section: 'learn', title: name, work, peers: PYTORCH, threads: BOTH, short: NONE }
}

export const CASES: readonly Case[] = [
  ...lengths('dense', DENSE),
  ...lengths('causal', CAUSAL),
  ...maskCases,
  ...trainingCases,
  ...shortCases,
  ...decodeCases,
  ...productCases,
  ...questionCases,
  ...longCases,
  ...customCases,
  ...encodeCases,
  ...writeCases,
  learnCase(16, 64),
]
