/** What all edits together ask of each layer, as hooks. */

import { type NumberTable, type Score, table } from '../../attention/index.ts'
import type { AttentionHooks, BlockHooks, Looking, Projection } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Rows } from '../families/family.ts'
import type { Hooks, Passing } from '../hooks.ts'
import type { AttentionKind } from '../run.ts'
import { attending } from './attend.ts'
import { type Cut, type CutExtent, type CutMask, cutMask } from './cuts.ts'

/** What becomes of a tensor. */
export type Change = (x: Tensor, passing: Passing) => Tensor

/** What is looked with instead. */
export type Replace = (looking: Looking, passing: Passing) => Looking

/** Of one attention layer. Each list is done in the order of the edits. */
export class AttentionPlan {
  readonly looking: Replace[] = []
  readonly scores: Score[] = []
  readonly before: Cut[] = []
  readonly after: Cut[] = []
  /** On what the heads give, [B,H,L,Dv]. */
  readonly blend: Change[] = []
  /** On what is added to the stream, [B,L,width]. */
  readonly output: Change[] = []
  shared: Projection | undefined
  /** Do scores tell the texts of a batch apart? */
  byText = false
}

/** The masks of its cuts. */
export interface Masks {
  readonly before: CutMask | undefined
  readonly after: CutMask | undefined
}

type Tower = Passing['tower']

export class Plan implements Hooks {
  readonly #attention = new Map<string, AttentionPlan>()
  readonly #masks = new Map<AttentionPlan, Masks>()
  readonly #feedForward = new Map<string, Change[]>()
  readonly #stream = new Map<string, Change[]>()
  readonly #standing = new Map<Tower, { places: Rows['places']; table: NumberTable }>()
  readonly #extent: (kind: AttentionKind) => CutExtent
  readonly #held = new Set<{ dispose(): void }>()

  constructor(extent: (kind: AttentionKind) => CutExtent) {
    this.#extent = extent
  }

  attention(kind: AttentionKind, layer: number): AttentionPlan {
    return entry(this.#attention, `${kind} ${layer}`, () => new AttentionPlan())
  }

  feedForward(tower: Tower, layer: number): Change[] {
    return entry(this.#feedForward, `${tower} ${layer}`, () => [])
  }

  stream(tower: Tower, layer: number): Change[] {
    return entry(this.#stream, `${tower} ${layer}`, () => [])
  }

  /** Tokens of a tower stand here: a list for every text, as long as it may become. */
  stand(tower: Tower, places: Rows['places']): void {
    const numbers = this.hold(table(places.flat(), [places.length, places[0]!.length]))
    this.#standing.set(tower, { places, table: numbers })
  }

  /** Things that live as long as the plan. */
  hold<T extends { dispose(): void }>(thing: T): T {
    this.#held.add(thing)
    return thing
  }

  block(layer: number, passing: Passing): BlockHooks | undefined {
    const { tower } = passing
    const own = this.#attention.get(`${tower} ${layer}`)
    const cross = tower === 'decoder' ? this.#attention.get(`cross ${layer}`) : undefined
    const feedForward = this.#feedForward.get(`${tower} ${layer}`)
    const places = this.#standing.get(tower)?.table
    if (!own && !cross && !feedForward && !places) return undefined
    return {
      attention: (own || places) && { ...(own && this.#hooksOf(tower, own, passing)), places },
      cross: cross && this.#hooksOf('cross', cross, passing),
      attentionOutput: inOrder(own?.output, passing),
      crossOutput: inOrder(cross?.output, passing),
      feedForwardOutput: inOrder(feedForward, passing),
    }
  }

  residual(layer: number, x: Tensor, passing: Passing): Tensor {
    return inOrder(this.#stream.get(`${passing.tower} ${layer}`), passing)?.(x) ?? x
  }

  places(places: Rows['places'], { tower, from }: Passing): Rows['places'] {
    const standing = this.#standing.get(tower)
    return standing ? standing.places.map((row, b) => row.slice(from[b]!, from[b]! + places[0]!.length)) : places
  }

  /** Frees everything that was held. */
  release(): void {
    for (const thing of this.#held) thing.dispose()
    this.#held.clear()
  }

  #hooksOf(kind: AttentionKind, plan: AttentionPlan, passing: Passing): AttentionHooks {
    const masks = entry(this.#masks, plan, () => ({ before: this.#mask(kind, plan.before), after: this.#mask(kind, plan.after) }))
    return { shared: plan.shared, attend: attending(plan, masks, passing) }
  }

  #mask(kind: AttentionKind, cuts: readonly Cut[]): CutMask | undefined {
    if (cuts.length === 0) return undefined
    const made = cutMask(cuts, this.#extent(kind))
    for (const each of made.tables) this.hold(each)
    return made
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  if (!map.has(key)) map.set(key, make())
  return map.get(key)!
}

function inOrder(changes: readonly Change[] | undefined, passing: Passing): ((x: Tensor) => Tensor) | undefined {
  return changes?.length ? (x) => changes.reduce((made, change) => change(made, passing), x) : undefined
}
