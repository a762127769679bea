/** The tiles that were computed: a bounded number of them, asked for one at a time, what is in view first. */

import type { Requests } from '../engine/protocol.ts'
import type { Pooling } from '../engine/questions/map.ts'
import type { Place } from '../engine/questions/read.ts'
import { type TilePlace, windowOf } from './camera.ts'

export interface Tile {
  readonly place: TilePlace
  readonly width: number
  readonly height: number
  /** Row-major, from 0 to 1. */
  readonly values: Float32Array
}

export interface MapSource extends Place {
  readonly rows: number
  readonly columns: number
  readonly pooling: Pooling
}

/** Numbers kept, of all tiles together: 16 MiB. */
const KEPT = 2 ** 22

export class Tiles {
  readonly source: MapSource
  readonly #requests: Requests
  /** Told of every tile that came, and of a question that failed. */
  readonly #told: (problem?: unknown) => void
  readonly #known = new Map<string, Tile>()
  #numbers = 0
  #wanted: readonly TilePlace[] = []
  #asking: AbortController | undefined
  #closed = false

  constructor(source: MapSource, requests: Requests, told: (problem?: unknown) => void) {
    this.source = source
    this.#requests = requests
    this.#told = told
  }

  /** A tile that is at hand; it counts as used. */
  get(place: TilePlace): Tile | undefined {
    const key = keyOf(place)
    const tile = this.#known.get(key)
    if (tile) {
      this.#known.delete(key)
      this.#known.set(key, tile)
    }
    return tile
  }

  /** The tiles to be had next, the most wanted first; earlier wishes are forgotten. */
  want(places: readonly TilePlace[]): void {
    this.#wanted = places.filter((place) => !this.#known.has(keyOf(place)))
    if (!this.#asking) void this.#ask()
  }

  /** How many tiles are still to come. */
  get missing(): number {
    return this.#wanted.length
  }

  close(): void {
    this.#closed = true
    this.#wanted = []
    this.#asking?.abort()
    this.#known.clear()
  }

  async #ask(): Promise<void> {
    for (let place = this.#wanted[0]; place && !this.#closed; place = this.#wanted[0]) {
      const { run, layer, head, rows, columns, pooling } = this.source
      const window = windowOf(place, { rows, columns })
      const by = 2 ** place.level
      this.#asking = new AbortController()
      try {
        const values = await this.#requests.ask(
          'pooled',
          { run, layer, head, window, by, pooling },
          { signal: this.#asking.signal },
        )
        const across = Math.ceil((window.c1 - window.c0) / by)
        this.#keep({ place, values, width: across, height: values.length / across })
        this.#wanted = this.#wanted.filter((each) => !this.#known.has(keyOf(each)))
        if (!this.#closed) this.#told()
      } catch (problem) {
        this.#wanted = []
        if (!this.#closed) this.#told(problem)
      }
    }
    this.#asking = undefined
  }

  #keep(tile: Tile): void {
    if (this.#closed) return
    this.#known.set(keyOf(tile.place), tile)
    this.#numbers += tile.values.length
    for (const [key, old] of this.#known) {
      if (this.#numbers <= KEPT) break
      this.#known.delete(key)
      this.#numbers -= old.values.length
    }
  }
}

export function keyOf({ level, row, column }: TilePlace): string {
  return `${level}/${row}/${column}`
}
