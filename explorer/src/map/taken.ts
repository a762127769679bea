/** What the map offers to be taken away: the part that is in view, as coarse as it is drawn. */

import type { Requests } from '../engine/protocol.ts'
import type { Pooling } from '../engine/questions/map.ts'
import type { Place } from '../engine/questions/read.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { takeStrings } from '../take/strings.ts'
import type { Camera, Stage } from './camera.ts'
import { mapStrings as say } from './strings.ts'

export interface InView {
  readonly place: Place
  readonly camera: Camera
  readonly stage: Stage
  /** 2^level × 2^level weights a number. */
  readonly level: number
  readonly pooling: Pooling
}

/** The numbers are asked for when they are wanted: as many as the view has pixels, at most. */
export function viewOffer({ place, camera, stage, level, pooling }: InView, labels: readonly string[], requests: Requests): Offer {
  const by = 2 ** level
  const part = (from: number, pixels: number, tokens: number): [number, number] => [
    Math.floor(from / by) * by,
    Math.min(tokens, Math.ceil((from + pixels / camera.scale) / by) * by),
  ]
  const [r0, r1] = part(camera.row, stage.height, stage.rows)
  const [c0, c1] = part(camera.column, stage.width, stage.columns)
  const values = (): Promise<Float32Array> => requests.ask('pooled', { ...place, window: { r0, r1, c0, c1 }, by, pooling })
  const names = (from: number, to: number): string[] =>
    Array.from({ length: Math.ceil((to - from) / by) }, (_, n) => say.tick(from + n * by, labels[from + n * by]!))
  return {
    file: `map-layer-${place.layer}-head-${place.head}`,
    title: say.takeView,
    caption: [say.takeWhere(place, r0, r1, c0, c1), say.scale(by, pooling)],
    table: async () => {
      const all = await values()
      const [rows, columns] = [names(r0, r1), names(c0, c1)]
      return {
        head: [takeStrings.corner, ...columns],
        rows: rows.map((row, i) => [row, ...all.subarray(i * columns.length, (i + 1) * columns.length)]),
      }
    },
    chart: async () => ({
      heatMap: {
        rows: names(r0, r1),
        columns: names(c0, c1),
        rowTitle: takeStrings.rows,
        columnTitle: takeStrings.columns,
        values: await values(),
        scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: takeStrings.figure },
        measure: by === 1 ? takeStrings.weight : say.takePooled(by, pooling),
      },
    }),
  }
}
