/** The table of heads: which lines it has, and in what order. Pure: it chooses among the library's numbers and makes none. */

import type { Figures, HeadFigures, HeadMeasure, HeadsReport, LabelRule, LayerChance, Repeated } from 'regard/lens'

/** A line's own figures: the measures, the share left beside sinks, and induction on random tokens where that was measured. */
export type Column = HeadMeasure | 'left' | 'repeated'

export interface Line {
  readonly layer: number
  readonly head: number
  readonly labels: HeadFigures['labels']
  readonly figures: Readonly<Partial<Record<Column, number>>>
}

/** In the order in which a reader asks: where to, then how far, then how even. */
export const COLUMNS = [
  'left',
  'firstToken',
  'separators',
  'previous',
  'next',
  'self',
  'pieces',
  'sameWord',
  'induction',
  'repeated',
  'locality',
  'span',
  'distance',
  'evenness',
  'entropy',
] as const satisfies readonly Column[]

/** All others are shares of a token's attention. */
const NO_SHARES: readonly Column[] = ['span', 'distance', 'evenness', 'entropy']
export const isShare = (column: Column): boolean => !NO_SHARES.includes(column)
/** Shares that say where the looks go are coloured as weights are. */
export const isTinted = (column: Column): boolean => isShare(column) && column !== 'left'

/** Those that were measured. Sinks set apart, the first token has no figure of its own. */
export function columnsOf(
  { measures }: Pick<HeadsReport, 'measures'>,
  apart: boolean,
  random: Repeated | undefined,
): readonly Column[] {
  return COLUMNS.filter((column) => {
    if (column === 'left') return true
    if (column === 'repeated') return random !== undefined
    return measures.includes(column) && !(column === 'firstToken' && apart)
  })
}

export function linesOf(report: HeadsReport, apart: boolean, random: Repeated | undefined): Line[] {
  return report.heads.map(({ layer, head, all, apart: beside, left, labels }, at) => {
    const again = random?.heads[at]?.induction
    const figures = { ...(apart ? beside : all), left, ...(again !== undefined && { repeated: again }) }
    return { layer, head, labels, figures }
  })
}

/** What even looks would give, and over how many rows the figures were taken: one for all layers for which they are the same. */
export interface Even {
  readonly layers: readonly number[]
  readonly figures: Figures
  readonly rows: Readonly<Record<HeadMeasure, number>>
}

export function evenOf(chance: readonly LayerChance[], apart: boolean): Even[] {
  const groups = Map.groupBy(chance, (each) => JSON.stringify(apart ? [each.apart, each.rowsApart] : [each.all, each.rows]))
  return [...groups.values()].map((same) => ({
    layers: same.map(({ layer }) => layer),
    figures: apart ? same[0]!.apart : same[0]!.all,
    rows: apart ? same[0]!.rowsApart : same[0]!.rows,
  }))
}

export interface Order {
  readonly column: Column
  readonly up: boolean
}

/** `previous`, the largest first, or `previous.up`; undefined: layer by layer. What is not a column is none. */
export function orderFrom(field: string | undefined): Order | undefined {
  const [, name, up] = /^(\w+?)(\.up)?$/.exec(field ?? '') ?? []
  const column = COLUMNS.find((each) => each === name)
  return column && { column, up: up !== undefined }
}

/** What the next press on a column asks for: the largest first, the smallest first, layer by layer. */
export function nextOrder(now: Order | undefined, column: Column): string | undefined {
  if (now?.column !== column) return column
  return now.up ? undefined : `${column}.up`
}

/** Lines without the figure stand last, like ones layer by layer. */
export function ordered(lines: readonly Line[], order: Order | undefined): Line[] {
  if (!order) return [...lines]
  const { column, up } = order
  const figure = (line: Line): number => line.figures[column] ?? Number.NaN
  const has = (line: Line): number => Number(Number.isNaN(figure(line)))
  return lines.toSorted((a, b) => has(a) - has(b) || (has(a) ? 0 : up ? figure(a) - figure(b) : figure(b) - figure(a)))
}

/** Any label at all, or one of them. */
export const ANY = 'any'

export function labelled(lines: readonly Line[], label: string | undefined): Line[] {
  return lines.filter(({ labels }) => label === undefined || labels.some(({ name }) => label === ANY || name === label))
}

/** Labels that were earned, in the order of the rules, and by how many heads. */
export function earned(lines: readonly Line[], rules: readonly LabelRule[]): { name: string; heads: number }[] {
  return rules.map(({ name }) => ({ name, heads: labelled(lines, name).length })).filter(({ heads }) => heads > 0)
}

/** Rules whose measure had too few rows in every layer: no head could have earned them. What is not measured at all has none. */
export function unmeasured({ chance, measures }: HeadsReport, all: readonly LabelRule[]): { name: string; rows: number }[] {
  const most = (measure: HeadMeasure): number => chance.reduce((max, { rows }) => Math.max(max, rows[measure]), 0)
  const rules = all.filter(({ measure }) => measures.includes(measure))
  return rules.filter(({ measure, rows }) => most(measure) < rows).map(({ name, measure }) => ({ name, rows: most(measure) }))
}
