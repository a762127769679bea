/** Other weights for heads. All of it happens to scores, queries and keys, so that the operator itself makes the weights. */

import { scores, table } from '../../attention/index.ts'
import { type Looking, repeatHeads } from '../../nn/index.ts'
import { add, expand, slice, tensor } from '../../ops/index.ts'
import { disown, Tensor } from '../../tensor/index.ts'
import type { AttentionKind } from '../run.ts'
import type { Activations } from './activations.ts'
import type { Named, Pattern } from './edit.ts'
import { counted, headsOf } from './heads.ts'
import { sourceOf } from './patch.ts'
import type { AttentionPlan, Plan, Replace } from './plan.ts'
import { within } from './region.ts'
import { checkTexts, type Subject } from './subject.ts'

export async function pattern(named: Named<Pattern>, subject: Subject, plan: Plan): Promise<void> {
  const { edit, name } = named
  checkFields(edit, name)
  const kind = subject.kindOf(edit.kind, name)
  const texts = subject.texts(edit.batch, name)
  const chosen = headsOf(edit, subject.extent(kind), name)
  if (edit.pattern === 'freeze') return freeze(named, kind, chosen, subject, plan)
  for (const [layer, heads] of chosen) {
    const own = plan.attention(kind, layer)
    own.byText ||= edit.batch !== undefined
    const flags = flagsOf(edit.batch === undefined ? undefined : texts, heads, subject, kind)
    if (edit.pattern === 'replace') replace(named, kind, heads, flags, subject, own, plan)
    else rescale(edit.pattern === 'sharpen' ? edit.by! : edit.by === undefined ? 0 : 1 / edit.by, flags, own, plan)
  }
}

/** Which fields belong to which pattern. */
function checkFields({ pattern: what, by, weights, from }: Pattern, name: string): void {
  const given = Object.entries({ by, weights, from }).filter(([, value]) => value !== undefined)
  const allowed = { replace: 'weights', sharpen: 'by', flatten: 'by', freeze: 'from' }[what]
  for (const [field] of given) if (field !== allowed) throw new TypeError(`${name}: ${what} takes ${allowed}, not ${field}`)
  if (what === 'sharpen' && !(by! > 1))
    throw new RangeError(`${name}: sharpen needs by > 1, what scores are multiplied by; got ${by}`)
  if (what === 'flatten' && by !== undefined && !(by > 1))
    throw new RangeError(
      `${name}: flatten takes by > 1, what scores are divided by, or none for weights that are all alike; got ${by}`,
    )
  if (what === 'replace' && !weights) throw new TypeError(`${name}: replace needs weights, a row for each token that looks`)
}

interface Flags {
  readonly shape: readonly [texts: number, heads: number]
  readonly on: Uint8Array
}

/** 1 for the heads that are meant, of each text or of one. */
function flagsOf(texts: readonly number[] | undefined, heads: readonly number[], subject: Subject, kind: AttentionKind): Flags {
  const all = subject.extent(kind).heads
  const count = texts ? subject.batch : 1
  const on = new Uint8Array(count * all)
  for (const b of texts ?? [0]) for (const h of heads) on[b * all + h] = 1
  return { shape: [count, all], on }
}

/** Scores times a factor: a higher one makes weights more alike one another, a lower one less. */
function rescale(factor: number, { shape, on }: Flags, own: AttentionPlan, plan: Plan): void {
  const factors = plan.hold(
    table(
      Array.from(on, (one) => (one ? factor : 1)),
      shape,
    ),
  )
  own.scores.push(scores.from((s, b, h) => s.mul(factors.at(b, h)), 'rescaled'))
}

/** Scores of log w have the weights w. A sink would take its share of them, so it is taken away. */
function replace(
  { edit, name }: Named<Pattern>,
  kind: AttentionKind,
  heads: readonly number[],
  { shape, on }: Flags,
  subject: Subject,
  own: AttentionPlan,
  plan: Plan,
): void {
  const weights = edit.weights!
  const { rows, columns } = subject.cutExtent(kind)
  if (subject.room > 0)
    throw new RangeError(`${name}: a text that is being written has no weights yet for what will be written; read it with run`)
  if (weights.length !== rows || weights.some((row) => row.length !== columns))
    throw new RangeError(
      `${name}: weights must have ${rows} rows of ${columns}, got ${weights.length} rows of ${[...new Set(weights.map((row) => row.length))].join(' and ')}`,
    )
  for (const [i, row] of weights.entries()) {
    const sum = row.reduce((total, w) => total + w, 0)
    if (sum !== 0 && Math.abs(sum - 1) > 1e-4)
      throw new RangeError(`${name}: row ${i} of the weights sums to ${sum}; each must sum to 1, or be 0`)
  }
  const logs = plan.hold(
    table(
      weights.flatMap((row) => row.map(Math.log)),
      [rows, columns],
    ),
  )
  const chosen = plan.hold(table(on, shape))
  own.scores.push(scores.from((s, b, h, i, j) => chosen.at(b, h).where(logs.at(i, j), s), 'replaced'))
  own.looking.push((looking) => withoutSinks(allowing(looking, weights, name), heads, plan))
}

/** A mask of the layer stays in force: weight that it forbids is refused, not lost. */
function allowing(looking: Looking, weights: readonly (readonly number[])[], name: string): Looking {
  const { causal, window: [left, right] = [Infinity, Infinity] } = looking.options
  for (const [i, row] of weights.entries())
    for (const [j, weight] of row.entries())
      if (weight > 0 && (j > i + (causal ? 0 : right) || j < i - left))
        throw new RangeError(`${name}: token ${i} is given a weight for token ${j}, which this layer does not let it see`)
  return looking
}

function withoutSinks(looking: Looking, heads: readonly number[], plan: Plan): Looking {
  const { sinks } = looking.options
  if (!(sinks instanceof Tensor)) return looking
  const away = tensor(
    Array.from({ length: sinks.size }, (_, h) => (heads.includes(h) ? Number.NEGATIVE_INFINITY : 0)),
    [sinks.size],
    {
      dtype: sinks.dtype,
      near: sinks,
    },
  )
  const left = add(sinks, away)
  disown(left)
  return { ...looking, options: { ...looking.options, sinks: plan.hold(left) } }
}

/** Weights depend on queries and keys alone: those of the other run take the place of this one's. */
async function freeze(
  { edit, name }: Named<Pattern>,
  kind: AttentionKind,
  chosen: ReadonlyMap<number, readonly number[]>,
  subject: Subject,
  plan: Plan,
): Promise<void> {
  if (subject.room > 0)
    throw new RangeError(`${name}: a text that is being written has no pattern yet for what will be written; read it with run`)
  const source = edit.from === undefined ? plan.hold(await subject.read()) : await sourceOf(edit.from, subject, plan)
  checkTexts(source, subject.batch, name)
  if (source.edited)
    throw new TypeError(
      `${name}: what it is frozen to was edited itself, and its cuts cannot be carried over; take a trace without edits`,
    )
  const { heads: all } = subject.extent(kind)
  for (const [layer, heads] of chosen)
    plan.attention(kind, layer).looking.push(frozen(source, layer, kind, heads, all, edit.batch, name))
}

function frozen(
  source: Activations,
  layer: number,
  kind: AttentionKind,
  heads: readonly number[],
  all: number,
  batch: number | undefined,
  name: string,
): Replace {
  return (looking, passing) => {
    const times = heads.length === all && batch === undefined ? 1 : all / looking.k.shape[1]!
    const [q, k] = [source.activation('q', layer, kind), repeatHeads(source.activation('k', layer, kind), times)]
    const own = { q: looking.q, k: repeatHeads(looking.k, times), v: repeatHeads(looking.v, times) }
    for (const [what, has, wanted] of [
      ['tokens that look', q, own.q],
      ['tokens looked at', k, own.k],
    ] as const)
      if (has.shape[2] !== wanted.shape[2])
        throw new RangeError(
          `${name}: its pattern is taken from ${has.shape[2]} ${what}, here are ${wanted.shape[2]}; both texts must be equally long`,
        )
    const keyHeads = own.k.shape[1] === all ? heads : counted(own.k.shape[1]!)
    const put = (x: Tensor, from: Tensor, of: readonly number[]): Tensor =>
      within(x, { batch, heads: of }, passing, (part, [text, run]) => {
        const one = text && from.shape[0] !== 1 ? slice(from, 0, ...text) : from
        return expand(run ? slice(one, 1, ...run) : one, part.shape)
      })
    return { ...looking, v: own.v, q: put(own.q, q, heads), k: put(own.k, k, keyHeads) }
  }
}
