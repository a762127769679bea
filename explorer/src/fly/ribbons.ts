/**
 * Links as ribbons: one geometry of numbered corners, drawn in one call; what each link is lies in a texture, and the vertex shader
 * bends it. No instances: software drawing prepares each of them as if it were a call of its own.
 */

import * as three from 'three'
import type { Link } from './layout.ts'
import { CORNERS, LINK_COLUMNS, PIECES } from './shaders.ts'

/** The more links, the fewer of their pieces: every `stride`th corner. */
const ENOUGH: readonly (readonly [links: number, stride: number])[] = [
  [200, 1],
  [2_000, 2],
  [Number.POSITIVE_INFINITY, 4],
]
/** So many links are drawn even where frames come slowly. */
const ALWAYS = 400

export class Ribbons {
  readonly geometry = new three.BufferGeometry()
  /** For the shader's `links`. */
  readonly texture = { value: linkTexture(0) }
  #count = 0
  /** For so many links there are corners. */
  #room = 0

  constructor() {
    this.geometry.setDrawRange(0, 0)
  }

  get count(): number {
    return this.#count
  }

  /** Takes `count` links: the first ones are those that count most. */
  fill(count: number, at: (n: number) => { link: Link; weight: number }): void {
    this.#makeRoom(count)
    const { data } = this.texture.value.image
    for (let n = 0; n < count; n++) {
      const { link, weight } = at(n)
      data[4 * n] = link.column
      data[4 * n + 1] = link.token
      data[4 * n + 2] = 256 * link.layer + link.head
      data[4 * n + 3] = weight
    }
    this.texture.value.needsUpdate = true
    this.#count = count
    this.show(0, count)
  }

  /** Links `from` … `to` − 1, as finely as so many links deserve. */
  show(from: number, to: number, finely = this.#count): void {
    const [, stride] = ENOUGH.find(([most]) => finely <= most)!
    const each = (6 * PIECES) / stride
    this.geometry.setDrawRange(startOf(stride, this.#room) + from * each, Math.max(0, to - from) * each)
  }

  /** Where frames come slowly: at less than the full size only those that came first, and coarser. */
  showShare(share: number): void {
    const shown = this.atShare(share)
    this.show(0, shown, shown / share ** 2)
  }

  /** How many that are. */
  atShare(share: number): number {
    return Math.min(this.#count, Math.max(ALWAYS, Math.round(this.#count * share ** 5)))
  }

  dispose(): void {
    this.geometry.dispose()
    this.texture.value.dispose()
  }

  #makeRoom(count: number): void {
    if (count <= this.#room) return
    this.#room = 2 ** Math.ceil(Math.log2(count))
    this.dispose()
    this.geometry.setIndex(new three.BufferAttribute(corners(this.#room), 1))
    this.texture.value = linkTexture(this.#room)
  }
}

/** The triangles of `room` links for each stride of `ENOUGH`, one after the other, of no more links than that stride is for. */
function corners(room: number): Uint32Array {
  const made = new Uint32Array(startOf(undefined, room))
  let at = 0
  for (const [most, stride] of ENOUGH)
    for (let n = 0; n < Math.min(room, most); n++)
      for (let piece = 0; piece < PIECES; piece += stride) {
        const a = CORNERS * n + 2 * piece
        const b = a + 2 * stride
        made.set([a, a + 1, b, b, a + 1, b + 1], at)
        at += 6
      }
  return made
}

/** Where the triangles of a stride begin; undefined: where all of them end. */
function startOf(wanted: number | undefined, room: number): number {
  let start = 0
  for (const [most, stride] of ENOUGH) {
    if (stride === wanted) break
    start += (Math.min(room, most) * 6 * PIECES) / stride
  }
  return start
}

function linkTexture(links: number): three.DataTexture {
  const rows = Math.max(1, Math.ceil(links / LINK_COLUMNS))
  const data = new Float32Array(4 * LINK_COLUMNS * rows)
  return new three.DataTexture(data, LINK_COLUMNS, rows, three.RGBAFormat, three.FloatType)
}
