/** From what an edit calls heads to their numbers. */

import type { Heads } from './edit.ts'

/** How many layers there are, and heads in each. */
export interface Extent {
  readonly layers: number
  readonly heads: number
}

/** The heads of each layer that are meant; layers of which none is are left out. Throws one line that starts with `name`. */
export function headsOf(edit: Heads, extent: Extent, name: string): ReadonlyMap<number, readonly number[]> {
  const { head, heads } = edit
  if (head !== undefined && heads !== undefined) throw new TypeError(`${name}: head and heads say the same thing; keep one of them`)
  const layers = layersOf(edit, extent, name)
  const list = heads ?? (typeof head === 'number' ? [head] : head)
  if (list === undefined) return new Map(layers.map((layer) => [layer, counted(extent.heads)]))
  const pairs = list.flatMap((each) => (typeof each === 'number' ? layers.map((layer) => [layer, each] as const) : [each]))
  const made = new Map<number, number[]>()
  for (const [layer, number] of pairs) {
    within(name, 'layer', layer, extent.layers)
    within(name, 'head', number, extent.heads)
    if (!layers.includes(layer)) continue
    made.set(layer, [...new Set([...(made.get(layer) ?? []), number])])
  }
  return made
}

/** The layers that are meant: all, unless something says which. */
export function layersOf({ layer, layers }: Pick<Heads, 'layer' | 'layers'>, extent: Extent, name: string): readonly number[] {
  if (layer !== undefined && layers !== undefined)
    throw new TypeError(`${name}: layer and layers say the same thing; keep one of them`)
  const [first, last] = layers ?? [layer ?? 0, layer ?? extent.layers - 1]
  if (first > last) throw new RangeError(`${name}: layers [${first}, ${last}] end before they begin`)
  within(name, 'layer', last, extent.layers)
  return counted(last - first + 1).map((n) => first + n)
}

export function within(name: string, what: string, number: number, count: number): void {
  if (number >= count) throw new RangeError(`${name}: ${what} ${number} does not exist, the model has ${count} (counted from 0)`)
}

export const counted = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
