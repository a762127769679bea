/** `regard ops`: which operations there are, what each backend supports, and what runs for given options: asked of the engine, by running it. */

import { type AttentionOptions, attention, Mask, masks, operations, type Route, routes, Score, scores } from '../attention/index.ts'
import { type EngineInfo, init } from '../backend/index.ts'
import { full, tensor } from '../ops/index.ts'
import { scope } from '../tensor/index.ts'
import type { Console } from './console.ts'
import { Usage } from './program.ts'
import { duration } from './terminal/figures.ts'
import { paintFor } from './terminal/paint.ts'
import type { Screen } from './terminal/screen.ts'
import { padEnd, widthOf, wrap } from './terminal/width.ts'

export interface OpsOptions {
  /** B,H,L,D or B,H,K,L,S,D */
  readonly shape?: string | undefined
  readonly causal?: boolean | undefined
  readonly window?: string | undefined
  readonly softcap?: number | undefined
  readonly alibi?: boolean | undefined
  readonly bias?: boolean | undefined
  readonly sinks?: boolean | undefined
  readonly documents?: number | undefined
  readonly json?: boolean | undefined
}

interface Shape {
  readonly B: number
  readonly H: number
  readonly K: number
  readonly L: number
  readonly S: number
  readonly D: number
}

/** What one call with these options did. */
interface Trial {
  readonly shape: Shape
  readonly routes: readonly Route[]
  readonly ran: string
  /** The fastest of a few calls, after a first that is not counted. */
  readonly ms: number
}

const SAMPLE = '1,12,512,64'

export async function ops(options: OpsOptions, console: Console): Promise<string> {
  const engine = await init()
  const trial = attempt(shapeOf(options.shape ?? SAMPLE), options)
  if (options.json)
    return JSON.stringify({ version: 1, command: 'ops', ...operations(), trial: { ...trial, engine: String(engine) } })
  return [...catalogue(console.screen), '', ...told(trial, engine, console.screen)].join('\n')
}

function shapeOf(text: string): Shape {
  const sizes = text.split(',').map(Number)
  if (![4, 6].includes(sizes.length) || sizes.some((n) => !Number.isInteger(n) || n < 1))
    throw new Usage(`--shape must be B,H,L,D or B,H,K,L,S,D, whole numbers from 1, got "${text}"`)
  const [B, H, a, b, c, d] = sizes as [number, number, number, number, number, number]
  const shape = sizes.length === 4 ? { B, H, K: H, L: a, S: a, D: b } : { B, H, K: a, L: b, S: c, D: d }
  if (shape.H % shape.K !== 0) throw new Usage(`--shape: ${shape.H} query heads cannot share ${shape.K} key/value heads evenly`)
  return shape
}

function attempt(shape: Shape, asked: OpsOptions): Trial {
  using _ = scope()
  const { B, H, K, L, S, D } = shape
  const q = full([B, H, L, D], 0.1)
  const k = full([B, K, S, D], 0.1)
  const options = attentionOptions(shape, asked)
  const call = () => {
    using _ = scope()
    return attention(q, k, k, options).ran
  }
  const ran = call()
  const laps = Array.from({ length: 5 }, () => {
    const from = performance.now()
    call()
    return performance.now() - from
  })
  for (const part of [options.score, options.mask]) if (part instanceof Score || part instanceof Mask) part.dispose()
  return { shape, routes: routes(options), ran, ms: Math.min(...laps) }
}

function attentionOptions({ H, L, S }: Shape, asked: OpsOptions): AttentionOptions {
  return {
    ...(asked.causal && { causal: true, offset: S - L }),
    ...(asked.window !== undefined && { window: windowOf(asked.window), offset: S - L }),
    ...(asked.softcap !== undefined && { softcap: asked.softcap }),
    ...(asked.alibi && { score: scores.alibi() }),
    ...(asked.bias && { bias: full([L, S], 0.5) }),
    ...(asked.sinks && { sinks: tensor(new Float32Array(H), [H]) }),
    ...(asked.documents !== undefined && {
      mask: masks.documents(Array.from({ length: Math.max(L, S) }, (_, n) => Math.floor((n * asked.documents!) / Math.max(L, S)))),
    }),
  }
}

function windowOf(text: string): [number, number] {
  const [left, right, ...more] = text.split(',').map((side) => (side === '' ? Number.POSITIVE_INFINITY : Number(side)))
  if (left === undefined || right === undefined || more.length > 0 || !(left >= 0) || !(right >= 0))
    throw new Usage(`--window must be LEFT,RIGHT, whole numbers from 0 (an empty side is open), got "${text}"`)
  return [left, right]
}

const HOW: Record<Route['by'], string> = {
  band: 'as bounds of each row: what lies outside is never computed',
  program: 'compiled into the kernel; blocks that it empties are skipped',
  kernel: 'by the kernel itself',
}

function catalogue(screen: Screen): string[] {
  const paint = paintFor(screen)
  const { operations: list, options, dtypes } = operations()
  const rows = list.map(({ name, what, wasm, reference }) => [
    name,
    `${what}${wasm && reference ? '' : ` (${wasm ? 'wasm' : 'reference'} alone)`}`,
  ])
  const byRoute = Object.keys(HOW).map((by) => [
    options.flatMap(({ option, by: how }) => (how === by ? [option] : [])).join(', '),
    HOW[by as Route['by']],
  ])
  return [
    ...columns([...rows, ['number types', `wasm: ${dtypes.wasm.join(', ')}; reference: ${dtypes.reference.join(', ')}`]], screen),
    '',
    ...wrap([{ text: 'options of attention, and how each is carried out' }], screen.columns).map(paint.soft),
    ...columns(byRoute, screen),
  ]
}

function told({ shape, routes, ran, ms }: Trial, engine: EngineInfo, screen: Screen): string[] {
  const { B, H, K, L, S, D } = shape
  const set = routes.map(({ option, by }) => `${option} (${by})`).join(', ') || 'none'
  return [
    paintFor(screen).soft('tried here, on this engine'),
    ...columns(
      [
        ['shape', `B ${B}, H ${H}, K ${K}, L ${L}, S ${S}, D ${D}`],
        ['options', set],
        ['ran', `${ran} · ${engine}`],
        ['time', `${duration(ms)}, the fastest of five calls`],
      ],
      screen,
    ),
  ]
}

/** Name and text side by side; below each other where the screen is narrow. */
function columns(rows: readonly (readonly string[])[], screen: Screen): string[] {
  const paint = paintFor(screen)
  const left = Math.max(...rows.map(([name]) => widthOf(name!))) + 2
  if (left > screen.columns / 2)
    return rows.flatMap(([name, text]) => [
      ...wrap([{ text: name! }], screen.columns).map((line) => paint.soft(line)),
      ...wrap([{ text: text! }], screen.columns - 2).map((line) => `  ${line}`),
    ])
  return rows.flatMap(([name, text]) =>
    wrap([{ text: text! }], screen.columns - left).map((line, n) => `${paint.soft(padEnd(n === 0 ? name! : '', left))}${line}`),
  )
}
