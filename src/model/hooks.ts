/** Where a model can be stepped into while it reads or writes: edits and traces come in here, and so may others. */

import type { BlockHooks } from '../nn/index.ts'
import type { Tensor } from '../tensor/index.ts'
import type { Rows, TowerHooks } from './families/family.ts'

/** What is computed at a moment: this half of the model, these rows. */
export interface Passing {
  readonly tower: 'encoder' | 'decoder'
  /** Where the first row of each text stands in it; not 0 while a text is written on. */
  readonly from: readonly number[]
}

/**
 * Each may be left out. What layers are handed follows the rules of `regard/nn`'s hooks: they return tensors that they made, or those they
 * were given.
 */
export interface Hooks {
  /** What is asked of a layer; undefined: nothing. A decoder's cross-attention is `cross` of its own layers. */
  block?(layer: number, passing: Passing): BlockHooks | undefined
  /** The stream [B,L,width] as it comes to layer n, or (n: how many layers there are) as it leaves the norm behind the last. */
  residual?(layer: number, x: Tensor, passing: Passing): Tensor
  /** Where tokens stand. `places`: a list for every text, or one for all. */
  places?(places: Rows['places'], passing: Passing): Rows['places']
}

/** Several, one after another: what the first returns, the next is given. Of attention, the first stands innermost. */
export function chained(list: readonly Hooks[]): Hooks | undefined {
  return list.length < 2 ? list[0] : list.reduce(both)
}

function both(first: Hooks, second: Hooks): Hooks {
  return {
    block: (layer, passing) => bothBlocks(first.block?.(layer, passing), second.block?.(layer, passing)),
    residual: (layer, x, passing) => {
      const made = first.residual ? first.residual(layer, x, passing) : x
      return second.residual ? second.residual(layer, made, passing) : made
    },
    places: (places, passing) => {
      const made = first.places ? first.places(places, passing) : places
      return second.places ? second.places(made, passing) : made
    },
  }
}

function bothBlocks(first: BlockHooks | undefined, second: BlockHooks | undefined): BlockHooks | undefined {
  if (!first || !second) return first ?? second
  return {
    attention: bothAttentions(first.attention, second.attention),
    cross: bothAttentions(first.cross, second.cross),
    attentionOutput: composed(first.attentionOutput, second.attentionOutput),
    crossOutput: composed(first.crossOutput, second.crossOutput),
    feedForwardOutput: composed(first.feedForwardOutput, second.feedForwardOutput),
  }
}

function bothAttentions(first: BlockHooks['attention'], second: BlockHooks['attention']): BlockHooks['attention'] {
  if (!first || !second) return first ?? second
  const [inner, outer] = [first.attend, second.attend]
  const attend =
    inner && outer
      ? (((looking, attend) => outer(looking, (each) => inner(each, attend))) satisfies typeof inner)
      : (inner ?? outer)
  return { ...first, ...second, ...(attend && { attend }) }
}

function composed<T>(first: ((x: T) => T) | undefined, second: ((x: T) => T) | undefined): ((x: T) => T) | undefined {
  return first && second ? (x) => second(first(x)) : (first ?? second)
}

/** Rows and pass of one tower with what hooks have to do with them. */
export function stepped(rows: Rows, hooks: Hooks | undefined, passing: Passing): { rows: Rows; hooks?: TowerHooks } {
  if (!hooks) return { rows }
  const places = hooks.places ? hooks.places(rows.places, passing) : rows.places
  return {
    rows: { ...rows, places },
    hooks: {
      block: (layer) => hooks.block?.(layer, passing),
      residual: (layer, x) => (hooks.residual ? hooks.residual(layer, x, passing) : x),
    },
  }
}
