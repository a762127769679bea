/** What shapes the scores of a layer, as plain data beside tensors. */

import { z } from 'zod'
import { Mask, NumberTable, Score, type ScoreOptions, scores, type Table } from '../../attention/index.ts'
import { BINARY, COMPARE, type Expr, renameTables, UNARY, type Variable } from '../../expression/index.ts'
import type { Looked } from '../../nn/index.ts'
import { Tensor } from '../../tensor/index.ts'

/** An expression of (s, b, h, i, j); its lookups count `tables`. */
export interface Written {
  readonly name: string
  readonly expr: unknown
  readonly tables: readonly string[]
}

/** Names are those of tensors in the same file. Infinity is written null. */
export interface ScoreSpec {
  readonly scale?: number | undefined
  readonly softcap?: number | undefined
  readonly causal?: boolean | undefined
  readonly window?: readonly [number | null, number | null] | undefined
  readonly offset?: number | readonly number[] | undefined
  readonly lengths?: readonly number[] | undefined
  readonly sinks?: string | undefined
  readonly bias?: string | undefined
  /** [H, 2R + 1]: what is added where the key stands d behind the query, d = −R … R; further off, the last of that side. */
  readonly distanceBias?: string | undefined
  readonly score?: readonly Written[] | undefined
  readonly mask?: readonly (string | Written)[] | undefined
  readonly byText?: boolean | undefined
}

/** Where tensors and tables get their names. */
export interface Names {
  tensor(x: Tensor): string
  table(x: Table): string
}

export function written({ options, q, k, byText }: Looked, names: Names): ScoreSpec {
  const { scale, softcap, causal, window, offset, lengths, sinks, bias, smoothSoftmax } = options
  const [, heads, queries, keys] = [...q.shape.slice(0, 3), k.shape[2]] as [number, number, number, number]
  const call = { heads, queries, keys, reach: queries + keys }
  const tell = (name: string, { expr, tables }: { expr: Expr; tables: ReadonlySet<Table> }): Written => {
    const list = [...tables]
    const at = new Map(list.map(({ id }, n) => [id, n]))
    return { name, expr: told(renameTables(expr, (id) => at.get(id)!)), tables: list.map((each) => names.table(each)) }
  }
  if (sinks && !(sinks instanceof Tensor)) throw new TypeError('trace: sinks given as a list cannot be saved; give a tensor')
  if (smoothSoftmax) throw new TypeError('trace: smoothSoftmax cannot be saved; give sinks of 0')
  const score = listOf(options.score).map((each) => {
    if (!(each instanceof Score))
      throw new TypeError('trace: a score given as a function cannot be saved; make it with scores.from')
    return tell(each.name, each.resolve(call))
  })
  const mask = listOf(options.mask).map((each) => {
    if (each instanceof Tensor) return names.tensor(each)
    if (!(each instanceof Mask)) throw new TypeError('trace: a mask given as a function cannot be saved; make it with masks.from')
    return tell(each.name, each)
  })
  return {
    ...{ scale: scale ?? 1 / Math.sqrt(q.shape[3]!), softcap, causal, offset, lengths },
    window: window && [finite(window[0]), finite(window[1])],
    sinks: sinks && names.tensor(sinks),
    bias: bias && names.tensor(bias),
    ...(score.length > 0 && { score }),
    ...(mask.length > 0 && { mask }),
    ...(byText && { byText }),
  }
}

/** Gives back what `written` told. */
export function optionsOf(spec: ScoreSpec, at: { tensor(name: string): Tensor; table(name: string): Table }): ScoreOptions {
  const { scale, softcap, causal, window, offset, lengths, sinks, bias, distanceBias } = spec
  const read = ({ expr, tables }: Written): { expr: Expr; tables: ReadonlySet<Table> } => {
    const list = tables.map((name) => at.table(name))
    return { expr: renameTables(heard(expr, list), (n) => list[n]!.id), tables: new Set(list) }
  }
  const added = [
    ...(distanceBias ? [byDistance(at.table(distanceBias))] : []),
    ...(spec.score ?? []).map((each) => new Score(each.name, read(each))),
  ]
  const masks = (spec.mask ?? []).map((each) => {
    if (typeof each === 'string') return at.tensor(each)
    const { expr, tables } = read(each)
    return Mask.of(each.name, expr, tables)
  })
  return {
    ...{ scale, softcap, causal, offset, lengths },
    window: window && [window[0] ?? Number.POSITIVE_INFINITY, window[1] ?? Number.POSITIVE_INFINITY],
    ...(sinks && { sinks: at.tensor(sinks) }),
    ...(bias && { bias: at.tensor(bias) }),
    ...(added.length > 0 && { score: added }),
    ...(masks.length > 0 && { mask: masks }),
  }
}

function byDistance(bias: Table): Score {
  if (!(bias instanceof NumberTable) || bias.shape.length !== 2 || bias.shape[1]! % 2 === 0)
    throw new RangeError(`openTrace: distanceBias must be floats [H, 2R + 1], got [${bias.shape}]`)
  const middle = (bias.shape[1]! - 1) / 2
  return scores.from((s, _b, h, i, j) => s.add(bias.at(h, j.sub(i).add(middle))), 'distanceBias')
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}

const finite = (n: number): number | null => (n === Number.POSITIVE_INFINITY ? null : n)

/** JSON knows no infinity: constants become texts where they must. */
function told(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) =>
      key === 'value' && typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  )
}

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(UNARY.map((op) => [op, ['a']])),
  ...Object.fromEntries([...BINARY, ...COMPARE, 'and', 'or'].map((op) => [op, ['a', 'b']])),
  not: ['a'],
  select: ['condition', 'a', 'b'],
}

/** Deeper trees than any that Regard writes are refused before they exhaust the stack. */
const DEEPEST = 500

/** An expression that a stranger wrote, checked. */
function heard(tree: unknown, tables: readonly Table[], depth = 0): Expr {
  const refuse = (what: string): never => {
    throw new Error(`openTrace: an expression ${what}`)
  }
  if (typeof tree !== 'object' || tree === null || depth > DEEPEST)
    return refuse(depth > DEEPEST ? 'is nested too deep' : 'must be made of objects')
  const node = tree as Record<string, unknown>
  const within = (part: unknown): Expr => heard(part, tables, depth + 1)
  const { op, value, name } = node
  if (op === 'const') return { op, value: Number(value) }
  if (op === 'boolean' && typeof value === 'boolean') return { op, value }
  if (op === 'var' && ['s', 'b', 'h', 'i', 'j'].includes(name as string)) return { op, name: name as Variable }
  if (op === 'table') {
    const found = tables[node.table as number] ?? refuse(`looks up table ${node.table}, there are ${tables.length}`)
    if (!Array.isArray(node.at) || node.at.length !== found.shape.length)
      return refuse(`looks up a table of shape [${found.shape}] with other indices`)
    return { op, table: node.table as number, at: node.at.map(within), boolean: found.boolean }
  }
  const parts =
    typeof op === 'string' && Object.hasOwn(ARGUMENTS, op) ? ARGUMENTS[op]! : refuse(`has the unknown op ${JSON.stringify(op)}`)
  return { op, ...Object.fromEntries(parts.map((part) => [part, within(node[part])])) } as Expr
}

const tableName = z.string()
const expression = z.strictObject({ name: z.string(), expr: z.unknown(), tables: z.array(tableName) })
const length = z.int().nonnegative()

/** As files have it. */
export const scoreSpec = z.strictObject({
  scale: z.number().optional(),
  softcap: z.number().nonnegative().optional(),
  causal: z.boolean().optional(),
  window: z.tuple([length.nullable(), length.nullable()]).optional(),
  offset: z.union([z.int(), z.array(z.int())]).optional(),
  lengths: z.array(length).optional(),
  sinks: z.string().optional(),
  bias: z.string().optional(),
  distanceBias: z.string().optional(),
  score: z.array(expression).optional(),
  mask: z.array(z.union([z.string(), expression])).optional(),
  byText: z.boolean().optional(),
})
