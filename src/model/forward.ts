/** One pass of a network over prepared input, with everything kept that can be looked at later. */

import type { ScoreOptions } from '../attention/index.ts'
import { tensorsOf } from '../nn/index.ts'
import { tensor } from '../ops/index.ts'
import { scope, Tensor } from '../tensor/index.ts'
import type { ModelConfig } from './config.ts'
import type { Network, Rows, Tower, TowerOutput, TowerPass } from './families/family.ts'
import { type Hooks, stepped } from './hooks.ts'
import type { Prepared, Side } from './input.ts'

export interface Passed {
  readonly encoder?: TowerOutput
  readonly decoder?: TowerOutput
  /** Masks that the layers' options refer to. */
  readonly held: readonly Tensor[]
}

/** What the layers need only on the way is freed, also when they fail. */
export function forward(prepared: Prepared, { network, config }: { network: Network; config: ModelConfig }, hooks?: Hooks): Passed {
  using s = scope()
  const { encoder, decoder } = network
  const watched = (tower: Tower, name: 'encoder' | 'decoder', side: Side, pass: TowerPass): TowerOutput => {
    const from = side.ids.map(() => 0)
    const { rows, hooks: inside } = stepped(rowsOf(side, tower.counting, config.padId), hooks, { tower: name, from })
    return tower.forward(rows, { ...pass, hooks: inside, watch: true })
  }
  const near = network.parameters().next().value![1]
  const padding = paddingOf(prepared, near)
  const read = encoder && watched(encoder, 'encoder', prepared, { options: padding })
  const own = prepared.decoder ? paddingOf(prepared.decoder, near) : padding
  const cross = read && { source: read.hidden.at(-1)!, sourceOptions: padding }
  const written = decoder && watched(decoder, 'decoder', prepared.decoder ?? prepared, { options: own, ...cross })
  const masks = [padding, own].flatMap(({ mask }) => (mask instanceof Tensor ? [s.keep(mask)] : []))
  for (const output of [read, written]) for (const each of output ? everything(output) : []) s.keep(each)
  return { ...(read && { encoder: read }), ...(written && { decoder: written }), held: masks }
}

/** Every tensor of an output. */
function everything({ hidden, looked, crossLooked }: TowerOutput): Tensor[] {
  return [...hidden, ...[...looked, ...crossLooked].flatMap(tensorsOf)]
}

/** Padding on the right becomes lengths, any other a mask [B,1,1,L]; without padding there is nothing to say. */
export function paddingOf({ real, length }: Pick<Side, 'real' | 'length'>, near: Tensor): ScoreOptions {
  const lengths = real.map((row) => row.lastIndexOf(1) + 1)
  if (real.every((row, b) => !row.slice(0, lengths[b]).includes(0))) return lengths.every((n) => n === length) ? {} : { lengths }
  return { mask: tensor(Uint8Array.from(real.flat()), [real.length, 1, 1, length], { dtype: 'bool', near }) }
}

/** Ids with the place of each. */
export function rowsOf(
  { ids, tokenTypes, real }: Pick<Side, 'ids' | 'tokenTypes' | 'real'>,
  counting: Tower['counting'],
  padId: number,
): Rows {
  if (counting === 'index') return { ids, tokenTypes, places: [ids[0]!.map((_, n) => n)] }
  const counts = counting === 'real' ? real : ids.map((row) => row.map((id) => (id === padId ? 0 : 1)))
  const places = counts.map((row) => placesOf(row, counting === 'words' ? 0 : 1))
  const same = places.every((row) => row.every((place, n) => place === places[0]![n]))
  return { ids, tokenTypes, places: same ? [places[0]!] : places }
}

/** How many of a row count up to each token, less `before`; 0 for those that do not count. */
function placesOf(counts: readonly number[], before: number): number[] {
  let seen = 0
  return counts.map((one) => {
    seen += one
    return one === 1 ? seen - before : 0
  })
}
