/** What Meaning offers to be taken away. */

import type { Alike, LayerMeaning } from 'regard/lens'
import type { Glimpses, Senses } from '../engine/questions/meaning.ts'
import type { Series } from '../plot/series.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { wordName } from '../words/name.ts'
import type { Place } from './places.ts'
import { meaningStrings as say } from './strings.ts'

const named = ({ before, word, after }: Place): string => `${before}${word}${after}`

/** The map and the cosines after one layer; the JSON has every layer. */
export function sensesOffer(
  { texts, word, data }: { texts: readonly string[]; word: string; data: Senses },
  layer: LayerMeaning,
  places: readonly Place[],
): Offer {
  const [across, up] = layer.map.explained.map((share) => say.glimpses.share(share))
  return {
    file: `meaning-${layer.layer}`,
    title: say.take.senses(word, say.state(layer.layer)),
    caption: [say.take.each(texts.length), say.map.law],
    chart: () => ({
      linePlot: {
        x: { title: say.map.across(across!), ...roomy(layer.map.points.map(([x]) => x)) },
        y: { title: say.map.up(up!), ...roomy(layer.map.points.map(([, y]) => y)) },
        series: [{ name: word, points: layer.map.points, draw: 'dots', labels: places.map(named) }],
      },
    }),
    table: () => ({
      head: [say.cosines.place, ...say.map.columns.slice(1), ...places.map(({ name }) => name)],
      rows: places.map((place, n) => [
        `${place.name} ${named(place)}`,
        ...layer.map.points[n]!,
        ...layer.cosine.subarray(n * places.length, (n + 1) * places.length),
      ]),
    }),
    data: () => ({
      word,
      texts,
      occurrences: data.occurrences,
      states: data.layers.map(({ cosine, ...rest }) => ({ ...rest, cosine: [...cosine] })),
    }),
  }
}

/** A tenth of room on each side. */
function roomy(values: readonly number[]): { from: number; to: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = Math.max((most - least) * 0.1, 0.01)
  return { from: least - room, to: most + room }
}

/** Lines over layers, as they are drawn. */
export function statesOffer(file: string, title: string, columns: readonly Series[], states: number, caption: string): Offer {
  const all = Array.from({ length: states }, (_, state) => state)
  return {
    file,
    title,
    caption: [caption],
    chart: () => ({
      linePlot: {
        x: { title: say.layers.x, ticks: all.map((state) => ({ at: state, says: say.stateBriefly(state) })) },
        y: { title: '', to: 1 },
        series: columns.map(({ name, points }) => ({ name, points, draw: 'both' })),
      },
    }),
    table: () => ({
      head: [say.layers.after, ...columns.map(({ name }) => name)],
      rows: all.map((state) => [say.state(state), ...columns.map(({ points }) => points.find(([at]) => at === state)?.[1])]),
    }),
  }
}

export const alikeOffer = (columns: readonly Series[], states: readonly Alike[]): Offer =>
  statesOffer('alike', say.alike.label, columns, states.length, say.alike.note)

export function glimpsesOffer({ layers, says, hidden }: Glimpses, token: string): Offer {
  const { columns } = say.glimpses
  return {
    file: 'logit-lens',
    title: `${say.glimpses.title[says]}, ${say.glimpses.at(token, says, hidden)}`,
    caption: [say.glimpses.note],
    chart: () => ({
      barTable: {
        rowTitle: columns.after,
        columns: [{ title: columns.likeliest, colour: 'plain', full: 1 }],
        rows: layers.map(({ top }, state) => ({
          label: `${say.stateInTable(state)}: ${wordName(top[0]!.text)}`,
          cells: [{ value: top[0]!.probability, says: say.glimpses.share(top[0]!.probability) }],
        })),
      },
    }),
    table: () => ({
      head: [columns.after, columns.likeliest, say.take.probability, columns.divergence],
      rows: layers.map(({ top, divergence }, state) => [say.state(state), top[0]!.text, top[0]!.probability, divergence]),
    }),
    data: () => ({ says, hidden, states: layers.map(({ top, divergence }, state) => ({ state, top, divergence })) }),
  }
}
