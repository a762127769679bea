/** What Cost offers to be taken away. */

import type { Fit, Quality } from 'regard/lens'
import type { Timed } from '../engine/questions/cost.ts'
import type { Offer } from '../take/offers.svelte.ts'
import { costStrings as say } from './strings.ts'
import type { Of, Table } from './table.ts'

/** What is drawn; the JSON has all that was measured and counted. */
export function costOffer(table: Table, of: Of, fitted: readonly (Fit | undefined)[], points: readonly Timed[], at: string): Offer {
  const law = (n: number): string => {
    const fit = fitted[n]
    return fit ? ` ${say.plot.law(fit.exponent.toFixed(2))}` : ''
  }
  return {
    file: `cost-${of}`,
    title: say.plot.label(say.plot.what[of]),
    caption: [say.notes.measured(points[0]!.engine, at), say.notes.how(points[0]!.heads, points[0]!.headWidth, points[0]!.laps)],
    chart: () => ({
      linePlot: {
        x: { title: say.plot.x, law: 'log', ticks: table.x.map((n) => ({ at: n, says: say.length(n) })) },
        y: { title: say.plot.units[of], law: 'log' },
        series: table.columns.map(({ name, values }, n) => ({
          name: name + law(n),
          points: values.flatMap((value, row) => (value > 0 ? [[table.x[row]!, value] as const] : [])),
          draw: 'both',
        })),
      },
    }),
    table: () => ({
      head: [say.table.n, ...table.columns.map(({ name }) => name)],
      rows: table.x.map((n, row) => [n, ...table.columns.map(({ values }) => values[row])]),
    }),
    data: () => ({ lengths: points, laws: table.columns.map(({ name }, n) => ({ name, ...fitted[n] })) }),
  }
}

export function qualityOffer({ rows, tokens, loss }: Quality): Offer {
  const { columns } = say.quality
  const scores = rows[0]?.divergence !== undefined
  return {
    file: 'windows',
    title: say.quality.title,
    caption: [say.quality.note(tokens)],
    chart: () => ({
      barTable: {
        rowTitle: columns.pattern,
        columns: [
          { title: columns.links, colour: 'plain', full: 1 },
          { title: columns.turned, colour: 'mattered' },
        ],
        rows: rows.map(({ pattern, links, turned }) => ({
          label: pattern,
          cells: [
            { value: links, says: say.quality.share(links) },
            { value: turned, says: say.quality.brief(turned) },
          ],
        })),
      },
    }),
    table: () => ({
      head: [
        columns.pattern,
        columns.links,
        columns.turned,
        ...(scores ? [columns.divergence] : []),
        ...(loss === undefined ? [] : [columns.loss]),
      ],
      rows: rows.map((row) => [
        row.pattern,
        row.links,
        row.turned,
        ...(scores ? [row.divergence] : []),
        ...(loss === undefined ? [] : [row.loss]),
      ]),
    }),
    data: () => ({ loss, rows }),
  }
}
