/** Taking out what heads or steps give. */

import { expand, full, mul, slice, sum, tensor } from '../../ops/index.ts'
import { disown, type Tensor } from '../../tensor/index.ts'
import type { AttentionKind } from '../run.ts'
import type { Box } from './box.ts'
import type { AblateHead, AblateStep, Instead, Named, Site } from './edit.ts'
import { headsOf, layersOf } from './heads.ts'
import type { Change, Plan } from './plan.ts'
import { type Region, within } from './region.ts'
import type { Subject } from './subject.ts'

export async function ablate({ edit, name }: Named<AblateHead | AblateStep>, subject: Subject, plan: Plan): Promise<void> {
  const kind = subject.kindOf(edit.kind, name)
  const region = regionOf(edit, kind, subject, name)
  const by = edit.by ?? 'zero'
  if (edit.ablate === 'head') {
    for (const [layer, heads] of headsOf(edit, subject.extent(kind), name))
      plan
        .attention(kind, layer)
        .blend.push(await replacing(by, { ...region, heads }, { site: 'head', layer, kind }, subject, plan, name))
    return
  }
  const [layer] = layersOf(edit, subject.extent(kind), name)
  const change = await replacing(by, region, { site: edit.ablate, layer: layer!, kind }, subject, plan, name)
  if (edit.ablate === 'attention') plan.attention(kind, layer!).output.push(change)
  else plan.feedForward(subject.sides(kind).rows, layer!).push(change)
}

function regionOf({ at, batch }: AblateHead | AblateStep, kind: AttentionKind, subject: Subject, name: string): Region {
  const texts = subject.texts(batch, name)
  if (at === undefined) return { batch }
  const { rows } = subject.sides(kind)
  const spans: (readonly [number, number])[] = []
  for (const b of texts) spans[b] = subject.span(at, rows, b, name)
  return { batch, rows: spans }
}

interface From {
  readonly site: Site
  readonly layer: number
  readonly kind: AttentionKind
}

async function replacing(by: Instead, region: Region, from: From, subject: Subject, plan: Plan, name: string): Promise<Change> {
  if (by === 'zero')
    return (x, passing) =>
      within(x, region, passing, (part) =>
        expand(
          full(
            part.shape.map(() => 1),
            0,
            { dtype: subject.dtype, near: x },
          ),
          part.shape,
        ),
      )
  if (by === 'mean') return meanOver(region, subject.side(subject.sides(from.kind).rows).real, plan)
  const numbers = 'vector' in by ? plan.hold(vectorOf(by.vector, subject)) : plan.hold(await meanOf(by.reference, from, subject))
  return (x, passing) => {
    const [got, wanted] = [numbers.shape.at(-1)!, x.shape.at(-1)!]
    if (got !== wanted) throw new RangeError(`${name}: the vector has ${got} numbers, the ${from.site} has ${wanted}`)
    return within(x, region, passing, (part, box) => expand(sliced(numbers, box, x.rank), part.shape))
  }
}

/**
 * The mean over the real tokens of the text. Of a text that is being written, over what was there before: what comes later is given the
 * same.
 */
function meanOver(region: Region, real: readonly (readonly number[])[], plan: Plan): Change {
  let mean: Tensor | undefined
  return (x, passing) => {
    if (passing.from.every((n) => n === 0)) mean = plan.hold(kept(meanOfRows(x, real)))
    return within(x, region, passing, (part, box) => expand(sliced(mean!, box, x.rank), part.shape))
  }
}

/** [B,…,L,D] → [B,…,1,D] */
function meanOfRows(x: Tensor, real: readonly (readonly number[])[]): Tensor {
  const [batch, length] = [x.shape[0]!, x.shape.at(-2)!]
  const shares = real.flatMap((row) => {
    const count = row.reduce((total, one) => total + one, 0)
    return row.map((one) => one / count)
  })
  const dtype = x.dtype === 'float64' ? 'float64' : 'float32'
  const weights = tensor(Float64Array.from(shares), x.rank === 4 ? [batch, 1, length, 1] : [batch, length, 1], { dtype, near: x })
  return sum(mul(x, weights), [x.rank - 2], { keepDims: true })
}

/** The mean over all real tokens of the texts, [1,H,1,D] or [1,1,D]. */
async function meanOf(texts: readonly string[], { site, layer, kind }: From, subject: Subject): Promise<Tensor> {
  let [total, count, shape] = [new Float64Array(0), 0, [] as number[]]
  for (const text of texts) {
    using read = await subject.read(text)
    using mean = kept(sum(read.activation(site, layer, kind), [site === 'head' ? 2 : 1], { keepDims: true }))
    const numbers = await mean.read()
    if (count === 0) [total, shape] = [new Float64Array(numbers.length), [...mean.shape]]
    for (let n = 0; n < numbers.length; n++) total[n]! += numbers[n]!
    count += read.tokensOf(0, { kind: subject.sides(kind).rows }).length
  }
  return kept(
    tensor(
      total.map((x) => x / count),
      shape,
      { dtype: subject.dtype, near: subject.near },
    ),
  )
}

function vectorOf(numbers: readonly number[], { dtype, near }: Subject): Tensor {
  return kept(tensor(Float64Array.from(numbers), [numbers.length], { dtype, near }))
}

/** The part of a mean that belongs to a box: its text and its heads, if there are several. */
function sliced(x: Tensor, box: Box, rank: number): Tensor {
  if (x.rank < rank) return x
  return box
    .slice(0, rank - 2)
    .reduce<Tensor>((part, range, axis) => (range && part.shape[axis] !== 1 ? slice(part, axis, ...range) : part), x)
}

function kept(x: Tensor): Tensor {
  disown(x)
  return x
}
