/** Assembles the options of a call into one program: softcap, then bias and scores, then everything that forbids. */

import type { Program } from '../backend/index.ts'
import { build, type Expr, reads, renameTables, simplify, substituteScore } from '../expression/index.ts'
import { reshape } from '../ops/index.ts'
import { isFloat, type Memory, show, Tensor, type View } from '../tensor/index.ts'
import { type Band, intersect, OPEN } from './band.ts'
import { Mask } from './mask.ts'
import { checkTensor, type MaskLike, type ScoreLike } from './options.ts'
import { Score } from './score.ts'
import { NumberTable, type Table, TruthTable } from './table.ts'
import { traceMask, traceScore } from './trace.ts'

/** What the pieces of a program are fitted to. */
export interface CallSite {
  readonly operation: string
  /** [B, H, L, S] */
  readonly shape: readonly [number, number, number, number]
  readonly offset: readonly number[]
  readonly memory: Memory
  /** Widens 16-bit floats; floats of another kind are refused. */
  readonly widen: (tensor: Tensor) => Tensor
}

/** Table n of the program is `tables[n]`; where it is a tensor's, that tensor is an input of the operation. */
export interface Assembled {
  readonly program: Program | undefined
  readonly tables: readonly Table[]
  /** Tables made for this call alone: to be disposed once the kernel was called. */
  readonly temporary: readonly Table[]
  /** What the masks add to the band of the call. */
  readonly band: Band
}

export class ProgramBuilder {
  readonly #site: CallSite
  readonly #tables: Table[] = []
  readonly #byId = new Map<number, number>()
  readonly #temporary: Table[] = []
  readonly #forbids: Expr[] = []
  #score: Expr | undefined
  #capped: Expr | undefined
  #band = OPEN

  constructor(site: CallSite) {
    this.#site = site
  }

  /** c · tanh(s / c) */
  softcap(c: number | undefined): this {
    const cap = c === undefined ? undefined : build.constant(c)
    if (cap) this.#capped = build.mul(build.unary('tanh', build.div(build.s, cap)), cap)
    return this
  }

  /** Adds a float tensor to the score; where it is −∞ the link is forbidden, whatever the score is. */
  bias(name: string, tensor: Tensor | undefined): this {
    if (tensor === undefined) return this
    checkTensor(this.#site.operation, name, tensor)
    if (!isFloat(tensor.dtype))
      throw new TypeError(`${this.#site.operation}: a ${name} is added to scores, so it must hold floats, got ${tensor}`)
    const { expr, reach } = this.#entry(name, tensor, name === 'mask')
    this.#score = build.add(this.#score ?? build.s, expr)
    this.#forbids.push(...reach, build.compare('ne', expr, build.constant(Number.NEGATIVE_INFINITY)))
    return this
  }

  scores(score: ScoreLike | readonly ScoreLike[] | undefined): this {
    const [, heads, queries, keys] = this.#site.shape
    const reach = queries + keys + this.#site.offset.reduce((most, n) => Math.max(most, Math.abs(n)), 0)
    for (const each of listOf(score)) {
      const made =
        each instanceof Score ? each.resolve({ heads, queries, keys, reach }) : traceScore(`${this.#site.operation}: score`, each)
      const expr = this.#adopt(made.expr, made.tables)
      this.#score = this.#score ? substituteScore(expr, this.#score) : expr
    }
    return this
  }

  masks(mask: MaskLike | readonly MaskLike[] | undefined): this {
    const { operation } = this.#site
    for (const each of listOf(mask)) {
      if (each instanceof Tensor) {
        if (each.dtype === 'bool') this.#truths(each)
        else if (isFloat(each.dtype)) this.bias('mask', each)
        else throw new TypeError(`${operation}: a mask must be bool (true: may look) or float (added), got ${each}`)
      } else if (each instanceof Mask) this.#mask(each)
      else if (typeof each === 'function') {
        const { expr, tables } = traceMask(`${operation}: mask`, each)
        this.#mask(Mask.of('from(…)', expr, tables))
      } else throw new TypeError(`${operation}: mask takes a tensor, a mask (masks.…) or a function, got ${String(each)}`)
    }
    return this
  }

  done(): Assembled {
    const capped = this.#capped
    const score = this.#score && simplify(this.#score)
    const mask = this.#forbids.length > 0 ? simplify(this.#forbids.reduce(build.both)) : undefined
    const used = [capped, score, mask].some((expr) => expr !== undefined)
    const program = used
      ? {
          ...(capped && { capped }),
          ...(score && { score }),
          ...(mask && { mask }),
          tables: this.#tables.map((table): View => table.view(this.#site.memory, this.#site.operation)),
        }
      : undefined
    return { program, tables: this.#tables, temporary: this.#temporary, band: this.#band }
  }

  #mask(mask: Mask): void {
    const { operation, shape, offset } = this.#site
    const last = { queries: shape[2] + Math.max(...offset), keys: shape[3] }
    for (const extent of mask.extents)
      for (const side of ['queries', 'keys'] as const)
        if (shape[2] > 0 && last[side] > extent[side])
          throw new RangeError(
            `${operation}: ${extent.what} knows ${extent[side]} positions, but the ${side} reach position ${last[side] - 1}`,
          )
    this.#band = intersect(this.#band, mask.band)
    if (mask.rest) this.#forbids.push(this.#adopt(mask.rest, mask.tables))
  }

  #truths(tensor: Tensor): void {
    const { expr, reach } = this.#entry('mask', tensor, true)
    this.#forbids.push(...reach, expr)
  }

  /** An expression whose lookups carry table ids, as part of this program. */
  #adopt(expr: Expr, tables: ReadonlySet<Table>): Expr {
    const used = reads(expr).tables
    for (const table of tables) if (used.has(table.id)) this.#number(table)
    return used.size === 0 ? expr : renameTables(expr, (id) => this.#byId.get(id)!)
  }

  #number(table: Table): number {
    const known = this.#byId.get(table.id)
    if (known !== undefined) return known
    const widened = table.tensor && this.#site.widen(table.tensor)
    this.#tables.push(widened && widened !== table.tensor ? new NumberTable(widened, table.shape) : table)
    this.#byId.set(table.id, this.#tables.length - 1)
    return this.#tables.length - 1
  }

  /** The entry of a tensor of rank 1–4 that belongs to (b, h, row, j); `reach` forbids keys beyond a short last axis. */
  #entry(name: string, tensor: Tensor, mayBeShort: boolean): { expr: Expr; reach: Expr[] } {
    const { operation, shape, widen } = this.#site
    const { shape: has } = tensor
    if (has.length < 1 || has.length > 4)
      throw new RangeError(
        `${operation}: ${name} must have rank 1 to 4, aligned at the right with [B,H,L,S]=${show(shape)}, got ${show(has)}`,
      )
    const lead = 4 - has.length
    const short = mayBeShort && has.at(-1)! < shape[3] && has.at(-1) !== 1
    const fits = has.every((d, axis) => d === 1 || d === shape[lead + axis] || (axis === has.length - 1 && short))
    if (!fits) throw new RangeError(`${operation}: ${name} does not broadcast to [B,H,L,S], got ${show(has)} for ${show(shape)}`)
    const reach = short ? [build.compare('lt', build.j, build.constant(has.at(-1)!))] : []
    if (tensor.size === 0)
      return { expr: tensor.dtype === 'bool' ? build.truth(false) : build.constant(Number.NEGATIVE_INFINITY), reach }
    const kept = has.map((_, axis) => axis).filter((axis) => has[axis] !== 1)
    const axes = kept.length > 0 ? kept : [has.length - 1]
    const floats = tensor.dtype === 'bool' ? tensor : widen(tensor)
    const thin =
      axes.length === has.length
        ? floats
        : reshape(
            floats,
            axes.map((axis) => has[axis]!),
          )
    const table = tensor.dtype === 'bool' ? new TruthTable(thin, thin.shape) : new NumberTable(thin, thin.shape)
    const number = this.#number(table)
    const at = axes.map((axis) => this.#index(lead + axis))
    return { expr: build.lookup(number, at, table.boolean), reach }
  }

  /** b, h, the query row, or j. */
  #index(axis: number): Expr {
    const { offset } = this.#site
    if (axis === 0) return build.b
    if (axis === 1) return build.h
    if (axis === 3) return build.j
    if (offset.length === 1) return offset[0] === 0 ? build.i : build.sub(build.i, build.constant(offset[0]!))
    const table = new NumberTable(Float64Array.from(offset), [offset.length])
    this.#temporary.push(table)
    return build.sub(build.i, build.lookup(this.#number(table), [build.b]))
  }
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
