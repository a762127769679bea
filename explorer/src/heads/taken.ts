/** What Heads offers to be taken away: every measure, the heads that were found, and the profile. */

import type { FoundAlike, FoundLooks, HeadsReport, Profile, Repeated } from 'regard/lens'
import { LOOKED } from 'regard/picture'
import type { PartsWorth } from '../engine/questions/heads.ts'
import { strings } from '../strings.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { brief } from '../words/numbers.ts'
import { labelName, headsStrings as say } from './strings.ts'
import { columnsOf, evenOf, linesOf } from './table.ts'

/** Rows in a picture. */
const MOST = 24

const measuredOn = ({ texts, tokens, rows }: HeadsReport): string => say.take.measured(texts, tokens, rows)

export function headsOffer(report: HeadsReport, apart: boolean, random: Repeated | undefined): Offer {
  const columns = columnsOf(report, apart, random)
  return {
    file: 'heads',
    title: say.table.title,
    caption: [measuredOn(report), say.table.caution, ...(apart ? [say.table.apartNote(report.kind)] : [])],
    table: () => ({
      head: [say.take.layer, say.take.head, say.table.labels, ...columns.map((column) => say.columns[column])],
      rows: [
        ...evenOf(report.chance, apart).map(({ layers, figures }) => [
          layers.join(' '),
          say.table.even,
          undefined,
          ...columns.map((column) => (column === 'left' || column === 'repeated' ? undefined : known(figures[column]))),
        ]),
        ...linesOf(report, apart, random).map(({ layer, head, labels, figures }) => [
          layer,
          head,
          labels.map(labelName).join(', '),
          ...columns.map((column) => known(figures[column])),
        ]),
      ],
    }),
    data: () => ({ ...report, ...(random && { repeated: random }) }),
  }
}

export function looksOffer({ heads, kind }: FoundLooks, [from, to]: readonly [string, string]): Offer {
  return {
    file: 'looks',
    title: say.take.looks(from, to),
    caption: [say.finder.note(kind), ...first(heads.length)],
    table: () => ({
      head: [
        say.take.layer,
        say.take.head,
        say.finder.weight,
        say.take.least,
        say.take.most,
        say.finder.apart,
        say.finder.chance,
        say.finder.first,
      ],
      rows: heads.map(({ layer, head, weight, least, most, apart, chance, first }) => [
        ...[layer, head, weight, least, most],
        ...[known(apart), chance, first],
      ]),
    }),
    chart: () => ({
      barTable: {
        rowTitle: say.table.name,
        columns: [{ title: say.finder.weight, colour: 'looked', full: 1 }],
        rows: heads.slice(0, MOST).map(({ layer, head, weight, chance }) => ({
          label: say.head(layer, head),
          cells: [{ value: weight, says: strings.percent(weight), against: chance }],
        })),
      },
    }),
  }
}

export function alikeOffer({ heads, like, rows, kind }: FoundAlike): Offer {
  return {
    file: 'alike',
    title: say.take.alike(say.head(...like)),
    caption: [say.alike.note(rows, kind), ...first(heads.length)],
    table: () => ({
      head: [say.take.layer, say.take.head, say.alike.distance, say.alike.apart],
      rows: heads.map(({ layer, head, distance, apart }) => [layer, head, distance, known(apart)]),
    }),
    chart: () => ({
      barTable: {
        rowTitle: say.table.name,
        columns: [{ title: say.alike.distance, colour: 'plain', full: 1 }],
        rows: heads.slice(0, MOST).map(({ layer, head, distance }) => ({
          label: say.head(layer, head),
          cells: [{ value: distance, says: brief(distance) }],
        })),
      },
    }),
  }
}

export function profileOffer({ texts, layers, parts, rows, kind }: Profile, worth: PartsWorth | undefined): Offer {
  const named = parts.map((part) => say.profile.parts[part] ?? part)
  const each = [...named, say.profile.sinks]
  return {
    file: 'profile',
    title: say.profile.title,
    caption: [
      say.profile.few(rows),
      say.take.beside(kind),
      ...(worth ? [say.take.worth(worth.measure), ...(texts > 1 ? [say.profile.worthOne] : [])] : []),
    ],
    table: () => ({
      head: [
        say.take.layer,
        ...each,
        ...each.map(say.take.chanceOf),
        ...named.map(say.profile.beside),
        ...named.map((part) => say.take.chanceOf(say.profile.beside(part))),
        ...(worth ? each.map(say.profile.worthOf) : []),
      ],
      rows: layers.map(({ layer, attention, chance }, n) => [
        ...[layer, ...attention.parts, attention.sinks, ...chance.parts, chance.sinks, ...attention.beside, ...chance.beside],
        ...(worth ? [...worth.layers[n]!.parts, worth.layers[n]!.sinks] : []),
      ]),
    }),
    chart: () => ({
      linePlot: {
        x: { title: say.take.layer, ticks: layers.map(({ layer }) => ({ at: layer, says: String(layer) })) },
        y: { title: say.take.share, from: 0, to: 1 },
        series: named.flatMap((name, p) => [
          {
            name,
            draw: 'both' as const,
            colour: LOOKED,
            dash: DASHES[p % DASHES.length],
            points: layers.map(({ layer, attention }) => [layer, attention.beside[p]!] as const),
          },
          {
            name: say.take.chanceOf(name),
            colour: SOFT,
            dash: DASHES[p % DASHES.length],
            points: layers.map(({ layer, chance }) => [layer, chance.beside[p]!] as const),
          },
        ]),
      },
    }),
  }
}

/** A part and what position alone would give it have the same dashes. */
const DASHES: readonly (readonly number[] | undefined)[] = [undefined, [8, 3], [2, 3]]
const SOFT = [111, 107, 98] as const

const first = (count: number): string[] => (count > MOST ? [say.take.first(MOST)] : [])
/** What was not measured leaves its cell empty. */
const known = (value: number | undefined): number | undefined => (value === undefined || Number.isNaN(value) ? undefined : value)
