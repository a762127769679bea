/** How a measure moves with what each head gives: gradients with regard to every head's blend, of the run as it is. */

import { grad } from '../../autograd/index.ts'
import type { Hooks } from '../../model/hooks.ts'
import type { AttentionKind } from '../../model/index.ts'
import type { AttentionHooks } from '../../nn/index.ts'
import { add, concat, full, mul, sum, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Vector } from './formulas.ts'
import type { Looks, Place } from './looks.ts'
import type { Gauge } from './measure.ts'
import { lastStates, repeated, vectorsOf } from './pass.ts'
import type { Subject } from './subject.ts'

/** What a backward pass may keep, in numbers. */
const KEPT = 2 ** 26

/**
 * For each place [P,H,L,Dv]: how direction p of the measure changes with each head's blend. Passes forward and back for batches of the same
 * text, one direction a row: zeros are added to the blends, and the tape follows the zeros. `step` is awaited between passes. The
 * tensors belong to the caller.
 */
export async function slopes(
  subject: Subject,
  gauge: Gauge,
  directions: readonly (readonly Vector[])[],
  looks: Looks,
  places: readonly Place[],
  step: () => Promise<void>,
): Promise<readonly Tensor[]> {
  const size = rowsAtOnce(subject)
  const parts: (readonly Tensor[])[] = []
  try {
    for (let from = 0; from < directions.length; from += size) {
      await step()
      parts.push(slopesOf(subject, gauge, directions.slice(from, from + size), looks, places))
    }
    return places.map((_, n) => joined(parts.map((part) => part[n]!)))
  } finally {
    for (const tensor of parts.flat()) tensor.dispose()
  }
}

/** So many that the tape of a block keeps about 8 states and 3 inner ones of each token. */
function rowsAtOnce({ config, prepared }: Subject): number {
  const each = config.layers * (8 * config.width + 3 * config.innerWidth) * prepared.length
  return Math.max(1, Math.floor(KEPT / each))
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]!.restride(parts[0]!.shape, parts[0]!.strides) : concat(parts, 0)
}

function slopesOf(
  subject: Subject,
  gauge: Gauge,
  directions: readonly (readonly Vector[])[],
  looks: Looks,
  places: readonly Place[],
): readonly Tensor[] {
  using s = scope()
  const rows = repeated(subject.prepared, directions.length)
  const near = subject.network.parameters().next().value![1]
  const dtype = near.dtype === 'float64' ? 'float64' : 'float32'
  const shape = [directions.length, directions[0]!.length, directions[0]![0]!.length]
  const weights = tensor(Float64Array.from(directions.flat().flatMap((vector) => [...vector])), shape, { dtype, near })
  const zeros = places.map((place) => full([directions.length, ...looks.shape(place)], 0, { dtype, near }))
  const along = grad((...inputs: Tensor[]) => {
    const states = lastStates(subject, rows, gauge.half, through(places, inputs))
    return sum(mul(vectorsOf(subject, rows, gauge, states), weights))
  })
  return along(...zeros).inputs.map((each) => s.keep(each))
}

/** Adds a tensor to the blend of each place. */
function through(places: readonly Place[], added: readonly Tensor[]): Hooks {
  const find = (kind: AttentionKind, layer: number) =>
    added[places.findIndex((place) => place.kind === kind && place.layer === layer)]
  const hooks = (x: Tensor | undefined): AttentionHooks | undefined =>
    x && {
      attend: (looking, attend) => {
        const made = attend(looking)
        return { ...made, blend: add(made.blend, x) }
      },
    }
  return {
    block: (layer, { tower }) => ({
      attention: hooks(find(tower, layer)),
      cross: tower === 'decoder' ? hooks(find('cross', layer)) : undefined,
    }),
  }
}
