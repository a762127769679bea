/** The bars that Regard sets itself, and whether a run meets them: computed from its lines, never written down. */

import { CASES, count } from './cases.ts'
import type { Line } from './compare.ts'
import { bytes, digits, threadCount, time } from './format.ts'
import { type ContestantName, LABELS } from './peers.ts'
import type { Results, Run } from './results.ts'

export interface Bar {
  readonly work: string
  readonly demand: string
  readonly measured: readonly Measured[]
}

export interface Measured {
  readonly what: string
  readonly value: string
  readonly met: boolean
  /** The ratio against PyTorch held to 256-bit vectors, where that was measured beside PyTorch. */
  readonly sameWidth?: string
}

interface Rule {
  readonly work: string
  readonly demand: string
  readonly run: 'node' | 'browser'
  /** Ids of cases. */
  readonly ids: readonly string[]
  readonly against?: ContestantName
  /** → what was measured, in words, and whether it is enough. Undefined where the line holds no such thing. */
  judge(line: Line): { value: string; met: boolean } | undefined
}

const times = (x: number): string => `${digits(x)} ×`

const atLeast = (bar: number) => (line: Line) => line.ratio && { value: times(line.ratio.median), met: line.ratio.median >= bar }
const atMost = (bar: number) => (line: Line) => line.ratio && { value: times(line.ratio.median), met: line.ratio.median <= bar }

const lengths = (kind: string, ns: readonly number[]): string[] => ns.map((n) => `${kind}-${n}`)
const NODE_LENGTHS = [512, 1024, 4096]
const BROWSER_LENGTHS = [512, 1024]

const SCRATCH = 64 * 2 ** 20
const GLANCE_MS = 5

const RULES: readonly Rule[] = [
  against('node', 'forward, dense', lengths('dense', NODE_LENGTHS), 'pytorch', 1.1),
  against('node', 'forward, dense', lengths('dense', NODE_LENGTHS), 'onnxruntime-node', 1),
  against('node', 'forward, causal', lengths('causal', NODE_LENGTHS), 'pytorch', 1.35),
  against('node', 'forward, causal', lengths('causal', NODE_LENGTHS), 'onnxruntime-node', 2),
  against('node', 'forward + backward, dense', lengths('training-dense', [512, 1024]), 'pytorch', 1.1),
  against('node', 'forward + backward, causal', lengths('training-causal', [512, 1024]), 'pytorch', 1.1),
  against('browser', 'browser, dense', lengths('dense', BROWSER_LENGTHS), 'litert', 1.25),
  against('browser', 'browser, causal', lengths('causal', BROWSER_LENGTHS), 'litert', 1.25),
  against('browser', 'browser, dense', lengths('dense', BROWSER_LENGTHS), 'onnxruntime-web', 2),
  against('browser', 'browser, causal', lengths('causal', BROWSER_LENGTHS), 'onnxruntime-web', 4),
  against('node', 'matrix product 1024³', ['linear-1024x1024x1024'], 'pytorch', 1.05),
  against('node', 'products of a 384-wide encoder', encoderShapes(), 'pytorch', 1.05),
  {
    work: 'window 512, twice the length',
    demand: 'time grows ≤ 2.1 ×',
    run: 'node',
    ids: ['window-growth'],
    judge: atMost(2.1),
  },
  { work: 'window 512 at 32k', demand: '≥ 20 × faster than causal', run: 'node', ids: ['window-or-all'], judge: atLeast(20) },
  {
    work: 'memory at 100 000 tokens, one head',
    demand: 'scratch ≤ 64 MiB',
    run: 'node',
    ids: ['memory-100k'],
    judge: ({ regard }) =>
      regard?.extraBytes === undefined ? undefined : { value: bytes(regard.extraBytes), met: regard.extraBytes <= SCRATCH },
  },
  {
    work: 'custom mask or score',
    demand: '≤ 1.15 × the built-in’s time',
    run: 'node',
    ids: ['custom-0', 'custom-1', 'custom-2'],
    judge: atMost(1.15),
  },
  against('node', 'encoding with all-MiniLM-L6-v2', idsWith('encode-'), 'pytorch', 1),
  against('node', 'GPT-2 of 124 M, 512 tokens read at once', ['prefill-512'], 'pytorch', 1),
  against('node', 'GPT-2 of 124 M, a token with float32 weights', ['decode-gpt2-float32'], 'pytorch', 1),
  against(
    'node',
    'GPT-2 of 124 M, a token with float16 or int8 weights',
    ['decode-gpt2-float16', 'decode-gpt2-int8'],
    'pytorch',
    1.6,
  ),
  against('node', 'a step of learning, 6 layers × 384, 16 × 64 tokens', ['learn-16x64'], 'pytorch', 1),
  {
    work: 'row or tile of 32k × 32k after a run',
    demand: '≤ 5 ms',
    run: 'node',
    ids: ['weights-row', 'weights-tile'],
    judge: ({ regard }) => regard && { value: time(regard.ms), met: regard.ms <= GLANCE_MS },
  },
]

function against(run: 'node' | 'browser', work: string, ids: readonly string[], peer: ContestantName, bar: number): Rule {
  return { work, run, ids, against: peer, demand: `≥ ${bar.toFixed(2)} × ${LABELS[peer]}`, judge: atLeast(bar) }
}

function idsWith(start: string): string[] {
  return CASES.flatMap(({ id }) => (id.startsWith(start) ? [id] : []))
}

function encoderShapes(): string[] {
  return [8, 32, 128, 512].flatMap((m) => [`linear-${m}x384x384`, `linear-${m}x1536x384`, `linear-${m}x384x1536`])
}

/** Is the case, and the peer in it, what a bar is about? */
export function barred(run: 'node' | 'browser', id: string, peer?: ContestantName): boolean {
  return RULES.some((rule) => rule.run === run && rule.ids.includes(id) && (peer === undefined || rule.against === peer))
}

/** Every bar, with what the run measured of it; nothing measured leaves the list empty. */
export function barsOf(results: Results): Bar[] {
  return [...RULES.map((rule) => barOf(rule, results)), firstRowBar(results.node)]
}

const FIRST_ROW_MS = 1000
/** How Regard's own files were run. */
export const FILES = { sources: 'from the sources', build: 'as published' } as const

function firstRowBar(run: Run | undefined): Bar {
  const measured = (run?.firstRows ?? []).map(({ model, embedded, from, ms }) => ({
    what: `${model}${embedded ? ' (embedded)' : ''}, ${FILES[from]}`,
    value: time(ms.median),
    met: ms.median < FIRST_ROW_MS,
  }))
  return { work: 'from starting the process to the first row of attention', demand: '< 1 s', measured }
}

function barOf({ work, demand, run, ids, against: peer, judge }: Rule, results: Results): Bar {
  return {
    work,
    demand,
    measured: linesOf(results[run], ids, peer).flatMap((line) => {
      const judged = judge(line)
      return judged ? [{ what: label(line), ...judged, ...(peer === 'pytorch' && sameWidth(results[run], line)) }] : []
    }),
  }
}

function sameWidth(run: Run | undefined, { id, threads }: Line): { sameWidth?: string } {
  const held = run?.lines.find((line) => line.id === id && line.threads === threads && line.against === 'pytorch-avx2')
  return held?.ratio ? { sameWidth: times(held.ratio.median) } : {}
}

function linesOf(run: Run | undefined, ids: readonly string[], peer: ContestantName | undefined): Line[] {
  return ids.flatMap((id) => run?.lines.filter((line) => line.id === id && line.against === peer) ?? [])
}

function label({ id, threads }: Line): string {
  const one = CASES.find((each) => each.id === id)!
  const plain = one.section === 'custom' || one.work.kind !== 'attention'
  return `${plain ? one.title : `N=${count(one.work.keys)}`}, ${threadCount(threads)}`
}
