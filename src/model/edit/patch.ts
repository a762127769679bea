/** What was made of one text, in the run of another. */

import { expand, slice } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Half } from '../kinds.ts'
import type { AttentionKind } from '../run.ts'
import type { Token } from '../tokenizer/tokenizer.ts'
import type { Activations } from './activations.ts'
import type { Box } from './box.ts'
import type { Named, Patch, Site } from './edit.ts'
import { within as checkWithin, counted } from './heads.ts'
import type { Change, Plan } from './plan.ts'
import { within } from './region.ts'
import { checkTexts, type Subject } from './subject.ts'
import { lookUp, type Place, spanOf } from './where.ts'

/** So many tokens of this text, from `at` on, are given what those of the other have from `there` on. */
interface Stretch {
  readonly at: number
  readonly there: number
  readonly length: number
}

export async function patch({ edit, name }: Named<Patch>, subject: Subject, plan: Plan): Promise<void> {
  const kind = subject.kindOf(edit.kind, name)
  const { layers } = subject.extent(kind)
  checkWithin(name, 'layer', edit.layer, edit.patch === 'residual' ? layers + 1 : layers)
  const heads = headsOf(edit, kind, subject, name)
  const source = await sourceOf(edit.from, subject, plan)
  checkTexts(source, subject.batch, name)
  const { rows, columns } = subject.sides(kind)
  const half = edit.patch === 'k' || edit.patch === 'v' ? columns : rows
  const texts = subject.texts(edit.batch, name)
  const stretches = texts.map((b) => ({ b, list: stretchesOf(edit, half, b, source, subject, name) }))
  const made = source.activation(edit.patch, edit.layer, kind)
  const change: Change = (x, passing) => {
    checkShapes(x, made, edit, name)
    let out = x
    for (const { b, list } of stretches)
      for (const { at, there, length } of list) {
        const rows: (readonly [number, number])[] = []
        rows[b] = [at, at + length - 1]
        out = within(out, { batch: b, heads, rows }, passing, (part, box) =>
          partOf(made, b, box, there + passing.from[b]! + box.at(-1)![0] - at, part),
        )
      }
    return out
  }
  add(edit.patch, edit.layer, kind, change, subject, plan)
}

/** The rows of the source that belong to a box. */
function partOf(made: Tensor, b: number, box: Box, first: number, part: Tensor): Tensor {
  const heads = box.length === 3 ? box[1] : undefined
  const text = made.shape[0] === 1 ? made : slice(made, 0, b, b + 1)
  const chosen = heads ? slice(text, 1, ...heads) : text
  return expand(slice(chosen, made.rank - 2, first, first + part.shape.at(-2)!), part.shape)
}

/** A text or ids are read without edits, and kept as long as the plan. */
export async function sourceOf(from: Patch['from'], subject: Subject, plan: Plan): Promise<Activations> {
  if (typeof from === 'object' && 'activation' in from) return from
  return plan.hold(await subject.read(from))
}

function add(site: Site, layer: number, kind: AttentionKind, change: Change, subject: Subject, plan: Plan): void {
  const half = subject.sides(kind).rows
  if (site === 'residual') plan.stream(half, layer).push(change)
  else if (site === 'feedForward') plan.feedForward(half, layer).push(change)
  else if (site === 'attention') plan.attention(kind, layer).output.push(change)
  else if (site === 'head') plan.attention(kind, layer).blend.push(change)
  else
    plan.attention(kind, layer).looking.push((looking, passing) => {
      const from = site === 'q' ? passing.from : passing.from.map(() => 0)
      return { ...looking, [site]: change(looking[site], { ...passing, from }) }
    })
}

function headsOf({ patch: site, head }: Patch, kind: AttentionKind, subject: Subject, name: string): readonly number[] | undefined {
  if (head === undefined) return undefined
  const list = typeof head === 'number' ? [head] : head
  if (!['q', 'k', 'v', 'head'].includes(site))
    throw new TypeError(`${name}: ${site} has no heads; leave head out, or patch q, k, v or head`)
  const ofKeys = site === 'k' || site === 'v'
  const count = ofKeys && !subject.config.decoder ? subject.config.kvHeads : subject.extent(kind).heads
  for (const each of list) checkWithin(name, ofKeys ? 'key/value head' : 'head', each, count)
  return list
}

function checkShapes(x: Tensor, made: Tensor, { patch: site }: Patch, name: string): void {
  const same = x.rank === made.rank && x.shape.every((d, axis) => axis === 0 || axis === x.rank - 2 || d === made.shape[axis])
  if (!same || x.dtype !== made.dtype)
    throw new RangeError(
      `${name}: what it takes from has ${site}=${made}, here it is ${x}; both must come from models of one shape`,
    )
}

function stretchesOf(edit: Patch, half: Half, b: number, source: Activations, subject: Subject, name: string): Stretch[] {
  const own = subject.side(half).tokens[b]!
  const from = source.batch === 1 ? 0 : b
  const others = source.tokensOf(from, { kind: half })
  const aligned = align(own, others)
  if (edit.at === undefined) {
    if (edit.there !== undefined)
      throw new TypeError(`${name}: there names tokens of the other text; name those of this one with at, too`)
    return joined(aligned)
  }
  const [first, last] = subject.span(edit.at, half, b, name)
  const length = last - first + 1
  const there = thereOf(
    edit,
    { tokens: others, text: half === 'decoder' && subject.config.decoder ? undefined : source.text, reach: others.length },
    name,
  )
  if (there) {
    if (there[1] - there[0] + 1 !== length)
      throw new RangeError(`${name}: at has ${length} tokens and there ${there[1] - there[0] + 1}; name spans of the same length`)
    return [{ at: first, there: there[0], length }]
  }
  const pairs = counted(length).map((n) => [first + n, aligned.get(first + n)] as const)
  const lost = pairs.find(([, to]) => to === undefined)
  if (lost)
    throw new RangeError(`${name}: token ${lost[0]} has no counterpart in the other text, which differs there; name it with there`)
  return joined(new Map(pairs as readonly (readonly [number, number])[]))
}

/** The tokens that were named; else those of the same word, if the other text has it. */
function thereOf({ at, there }: Patch, place: Place, name: string): readonly [number, number] | undefined {
  if (there !== undefined) return spanOf(there, place, name)
  return typeof at === 'string' ? lookUp(at, place) : undefined
}

/** One to one where texts are equally long; else from both ends as far as their ids agree. */
export function align(own: readonly Token[], others: readonly Token[]): ReadonlyMap<number, number> {
  if (own.length === others.length) return new Map(own.map((_, n) => [n, n]))
  const shorter = Math.min(own.length, others.length)
  let head = 0
  while (head < shorter && own[head]!.id === others[head]!.id) head++
  let tail = 0
  while (tail < shorter - head && own.at(-1 - tail)!.id === others.at(-1 - tail)!.id) tail++
  const start = counted(head).map((n): [number, number] => [n, n])
  const end = counted(tail).map((n): [number, number] => [own.length - tail + n, others.length - tail + n])
  return new Map([...start, ...end])
}

/** Pairs as stretches of neighbours. */
function joined(pairs: ReadonlyMap<number, number>): Stretch[] {
  const list: { at: number; there: number; length: number }[] = []
  for (const [at, there] of pairs) {
    const last = list.at(-1)
    if (last && last.at + last.length === at && last.there + last.length === there) last.length++
    else list.push({ at, there, length: 1 })
  }
  return list
}
