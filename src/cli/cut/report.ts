/** What was cut, as lines, numbers and a picture: looked and mattered side by side. */

import type { Effect, RowEffect } from '../../lens/index.ts'
import { about, bars, type Column, heading, noted, table } from '../lens/parts.ts'
import type { Report, Table } from '../lens/report.ts'
import { sightFact, sightNote } from '../lens/sight.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Span, together, wrap } from '../terminal/width.ts'
import { picture } from './picture.ts'
import { figure, headsOf, type Link, type Scene, whoOf, wordOf } from './scene.ts'

export function report(scene: Scene, screen: Screen): Report {
  return { lines: () => lines(scene, screen), json: () => json(scene), csv: () => csv(scene), picture: () => picture(scene) }
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, sight, row, link } = scene
  const paint = paintFor(screen)
  const { model, engine } = loaded
  const size = `${sight.layers} layers × ${sight.heads} heads`
  const facts = [...sightFact(model, sight), size, `${engine}`, plural(row.tokens.length, 'token')]
  const several = link && link.heads.length > 1
  return [
    ...heading(model.name, facts, screen, paint),
    '',
    ...wrap(link ? ofLink(scene, link, paint) : ofRow(scene, paint), screen.columns),
    '',
    ...tokenTable(scene, screen, paint),
    ...(several ? ['', ...headTable(link, screen, paint)] : []),
    '',
    ...noted(`Mattered: ${row.measure}; exact, each by running the model again without the look.`, screen, paint),
    ...noted(`Cut in ${row.cut}${row.cut.startsWith('layer') ? '' : '; looked: the mean over them'}.`, screen, paint),
    ...sightNote(model, scene, screen, paint),
  ]
}

function ofLink(scene: Scene, { to, whole, weight, heads }: Link, paint: Paint): Span[] {
  const share = together(percent(weight))
  return [
    ...(scene.writing === undefined ? [] : [{ text: 'Writing ' }]),
    { text: whoOf(scene), paint: paint.strong },
    { text: scene.writing === undefined ? ' looks at ' : ', it looks at ' },
    { text: wordOf(scene, to), paint: paint.looked },
    { text: heads.length > 1 ? `: ${share} on average over ${headsOf(scene)}. ` : `: ${share} in ${headsOf(scene)}. ` },
    { text: `Cutting that look mattered ${figure(whole.effect)}`, paint: paint.mattered },
    { text: isQuantity(whole) ? ` (from ${figure(whole.unedited)} to ${figure(whole.edited)})` : '' },
  ]
}

const isQuantity = ({ unedited, edited, effect }: Effect): boolean => unedited !== 0 || edited !== effect

function ofRow(scene: Scene, paint: Paint): Span[] {
  const [most] = ranked(scene.row.tokens)
  const looked = scene.row.tokens.reduce((best, each) => (each.weight > best.weight ? each : best))
  const itself = (at: number): boolean => scene.sight.square && scene.writing === undefined && scene.row.row.includes(at)
  const name = (at: number): string => (itself(at) ? 'itself' : scene.labels.names[at]!)
  return [
    { text: scene.writing === undefined ? 'To ' : 'To write ' },
    { text: whoOf(scene), paint: paint.strong },
    { text: scene.writing === undefined ? ', its look at ' : ', the look at ' },
    { text: name(most!.index), paint: paint.mattered },
    { text: ` mattered most: ${figure(most!.effect)} in ${headsOf(scene)}; it looks at ` },
    { text: name(looked.index), paint: paint.looked },
    { text: ` most, ${together(percent(looked.weight))}` },
  ]
}

export function ranked<T extends { readonly effect: number }>(list: readonly T[]): readonly T[] {
  return list.toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
}

const LISTED = 12
const BAR = 18

function tokenTable(scene: Scene, screen: Screen, paint: Paint): string[] {
  const { labels, row, link } = scene
  const all = ranked(row.tokens)
  const shown = all.slice(0, all.length - LISTED === 1 ? all.length : LISTED)
  const name = ({ index }: RowEffect): string => `${labels.names[index]}${link?.to.includes(index) ? ' ←' : ''}`
  const left = all.slice(shown.length)
  return [
    ...table([{ title: '', cells: shown.map(name), left: true }, ...sides(shown, screen, paint)], screen, paint),
    ...(left.length === 0
      ? []
      : [paint.soft(`  …${left.length} more, each mattered ${figure(Math.abs(left[0]!.effect))} at most`)]),
  ]
}

/** The heads in which the link mattered most, each cut alone. */
function headTable(link: Link, screen: Screen, paint: Paint): string[] {
  const all = ranked(link.heads)
  const shown = all.slice(0, LISTED)
  const names = shown.map(({ layer, head }) => `layer ${layer}, head ${head}`)
  const left = all.length - shown.length
  return [
    ...table([{ title: 'in one head alone', cells: names, left: true }, ...sides(shown, screen, paint)], screen, paint),
    ...(left === 0 ? [] : [paint.soft(`  …${left} more heads`)]),
  ]
}

/** looked | mattered: every bar of a column on the same scale; a full bar of looking is all of it. */
function sides(shown: readonly { readonly weight: number; readonly effect: number }[], screen: Screen, paint: Paint): Column[] {
  const room = Math.max(4, Math.min(BAR, Math.floor((screen.columns - 50) / 2)))
  const most = Math.max(...shown.map(({ effect }) => Math.abs(effect)))
  const [weights, effects] = [shown.map(({ weight }) => weight), shown.map(({ effect }) => effect)]
  return [
    { title: '', cells: bars(weights, 1, room), left: true, paint: paint.looked },
    { title: 'looked', cells: weights.map(percent) },
    { title: '', cells: bars(effects.map(Math.abs), most, room), left: true, paint: paint.mattered },
    { title: 'mattered', cells: effects.map(figure) },
  ]
}

function json(scene: Scene): object {
  const { loaded, sight, text, written, row, link, how } = scene
  return {
    command: 'cut',
    ...about(loaded, sight),
    text,
    ...(sight.rows === 'decoder' && written !== undefined && { written }),
    kind: sight.kind,
    measure: row.measure,
    cut: headsOf(scene),
    how,
    from: row.row,
    link: link
      ? {
          to: link.to,
          weight: link.weight,
          unedited: link.whole.unedited,
          edited: link.whole.edited,
          effect: link.whole.effect,
          heads: link.heads,
        }
      : null,
    tokens: row.tokens,
  }
}

/** With --to a line for each head, else a line for each token. */
function csv({ row, link }: Scene): Table {
  if (link)
    return {
      columns: ['layer', 'head', 'weight', 'effect'],
      rows: link.heads.map(({ layer, head, weight, effect }) => [layer, head, weight, effect]),
    }
  return {
    columns: ['token', 'text', 'weight', 'effect'],
    rows: row.tokens.map(({ index, text, weight, effect }) => [index, text, weight, effect]),
  }
}
