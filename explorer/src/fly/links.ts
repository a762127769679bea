/** The links of a run, strongest first, and which of them are drawn. Weights are looked up here, never made. */

import { type Link, MEAN } from './layout.ts'

export interface Shape {
  readonly layers: number
  readonly heads: number
  readonly tokens: number
}

export interface Wanted {
  readonly layer: number | 'all'
  readonly head: number | 'mean' | 'all'
  /** Links that weigh less are not drawn. */
  readonly threshold: number
  /** No more than this many are drawn, the strongest. */
  readonly most: number
  /** Tokens whose being looked at is left out. */
  readonly without?: ReadonlySet<number>
}

export interface Chosen {
  /** Places in the weights, strongest first. */
  readonly places: Uint32Array
  /** How many are at least as heavy as the threshold, drawn or not. */
  readonly above: number
  /** How many there are at all, of those that may be: a link that a mask forbids weighs nothing and is none. */
  readonly all: number
}

export class Links {
  readonly shape: Shape
  /** [layers, heads + 1, tokens, tokens], the last of each layer being the mean of its heads. */
  readonly #weights: Float32Array
  readonly #order: Record<'heads' | 'means', Uint32Array | undefined> = { heads: undefined, means: undefined }

  constructor(weights: Float32Array, shape: Shape) {
    this.#weights = weights
    this.shape = shape
  }

  weight(place: number): number {
    return this.#weights[place]!
  }

  placeOf({ layer, head, token, column }: Link): number {
    const { heads, tokens } = this.shape
    return ((layer * (heads + 1) + (head === MEAN ? heads : head)) * tokens + token) * tokens + column
  }

  /** The token that looks. */
  tokenAt(place: number): number {
    const { tokens } = this.shape
    return Math.floor(place / tokens) % tokens
  }

  linkAt(place: number): Link {
    const { heads, tokens } = this.shape
    const row = Math.floor(place / tokens)
    const matrix = Math.floor(row / tokens)
    const head = matrix % (heads + 1)
    return {
      layer: Math.floor(matrix / (heads + 1)),
      head: head === heads ? MEAN : head,
      token: row % tokens,
      column: place % tokens,
    }
  }

  /** The strongest links that are wanted. */
  choose({ layer, head, threshold, most, without }: Wanted): Chosen {
    const { heads, tokens } = this.shape
    const order = this.#ordered(head === 'mean' ? 'means' : 'heads')
    const places = new Uint32Array(Math.min(most, order.length))
    let [drawn, above, all] = [0, 0, 0]
    for (const place of order) {
      const matrix = Math.floor(place / (tokens * tokens))
      if (layer !== 'all' && Math.floor(matrix / (heads + 1)) !== layer) continue
      if (typeof head === 'number' && matrix % (heads + 1) !== head) continue
      if (without?.has(place % tokens)) continue
      all++
      if (this.#weights[place]! < threshold) continue
      above++
      if (drawn < places.length) places[drawn++] = place
    }
    return { places: places.subarray(0, drawn), above, all }
  }

  #ordered(which: 'heads' | 'means'): Uint32Array {
    this.#order[which] ??= byWeight(this.#weights, this.#placesOf(which))
    return this.#order[which]
  }

  #placesOf(which: 'heads' | 'means'): Uint32Array<ArrayBuffer> {
    const { layers, heads, tokens } = this.shape
    const size = tokens * tokens
    const per = which === 'means' ? 1 : heads
    const places = new Uint32Array(layers * per * size)
    let count = 0
    for (let layer = 0; layer < layers; layer++) {
      const from = (layer * (heads + 1) + (which === 'means' ? heads : 0)) * size
      for (let place = from; place < from + per * size; place++) if (this.#weights[place]! > 0) places[count++] = place
    }
    return places.slice(0, count)
  }
}

/** `places` by falling weight. Weights are not negative, so that their bits, read as integers, have their order: two passes of 16 bits. */
function byWeight(weights: Float32Array, places: Uint32Array<ArrayBuffer>): Uint32Array {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length)
  let from = places
  let to = new Uint32Array(places.length)
  for (const shift of [0, 16]) {
    const ends = new Uint32Array(65537)
    for (const place of from) ends[65536 - ((bits[place]! >>> shift) & 0xffff)]!++
    for (let digit = 1; digit < ends.length; digit++) ends[digit]! += ends[digit - 1]!
    for (const place of from) to[ends[65535 - ((bits[place]! >>> shift) & 0xffff)]!++] = place
    ;[from, to] = [to, from]
  }
  return from
}
