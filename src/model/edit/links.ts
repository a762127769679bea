/** Cutting links. */

import type { Half } from '../kinds.ts'
import type { AttentionKind } from '../run.ts'
import { type Cut, rectangle } from './cuts.ts'
import type { CutEdge, Edges, Named, Silence, Where } from './edit.ts'
import { counted, headsOf } from './heads.ts'
import type { Plan } from './plan.ts'
import type { Subject } from './subject.ts'

export function cutEdge({ edit, name }: Named<CutEdge>, subject: Subject, plan: Plan): void {
  const { from, to, how = 'before' } = edit
  if (from === undefined && to === undefined)
    throw new TypeError(`${name}: cuts every link; say from which token, to which, or both (to take heads out: { ablate: 'head' })`)
  const kind = subject.kindOf(edit.kind, name)
  cut(kind, { edit, name }, subject, plan, how, (b) => {
    const { rows, columns } = subject.sides(kind)
    return rectangle(spanOrAll(from, rows, b, subject, name), spanOrAll(to, columns, b, subject, name))
  })
}

export function silence({ edit, name }: Named<Silence>, subject: Subject, plan: Plan): void {
  const kind = subject.kindOf(edit.kind, name)
  const both = edit.kind === undefined && subject.network.encoder && subject.network.decoder
  for (const each of both ? ([kind, 'cross'] as const) : [kind]) {
    const { rows, columns } = subject.sides(each)
    cut(each, { edit, name }, subject, plan, 'before', (b) =>
      rectangle([0, subject.reach(rows) - 1], subject.span(edit.silence, columns, b, name)),
    )
  }
}

export function edges({ edit, name }: Named<Edges>, subject: Subject, plan: Plan): void {
  const kind = subject.kindOf(edit.kind, name)
  const { rows, columns } = subject.cutExtent(kind)
  for (const [i, j] of edit.edges)
    if (i >= rows || j >= columns)
      throw new RangeError(
        `${name}: there is no link [${i}, ${j}]; there are ${rows} tokens that look and ${columns} looked at (counted from 0)`,
      )
  const listed = new Map<number, Set<number>>()
  for (const [i, j] of edit.edges) listed.set(i, (listed.get(i) ?? new Set()).add(j))
  const others = (kept: Set<number> | undefined): Set<number> => new Set(counted(columns).filter((j) => !kept?.has(j)))
  const lost = edit.keep ? new Map(counted(rows).map((i) => [i, others(listed.get(i))])) : listed
  cut(kind, { edit, name }, subject, plan, edit.how ?? 'before', () => lost)
}

/** Plans a cut whose columns may differ from text to text. */
function cut(
  kind: AttentionKind,
  { edit, name }: Named<CutEdge | Edges | Silence>,
  subject: Subject,
  plan: Plan,
  how: 'before' | 'after',
  columnsOf: (b: number) => Cut['columns'],
): void {
  const texts = subject.texts(edit.batch, name)
  const named = [
    'from' in edit ? edit.from : undefined,
    'to' in edit ? edit.to : undefined,
    'silence' in edit ? edit.silence : undefined,
  ]
  const alike = edit.batch === undefined && (subject.batch === 1 || !named.some((where) => typeof where === 'string'))
  const cuts = (alike ? [0] : texts).map((b) => ({ batch: alike ? undefined : b, columns: columnsOf(b) }))
  for (const [layer, heads] of headsOf(edit, subject.extent(kind), name))
    plan.attention(kind, layer)[how].push(...cuts.map((each) => ({ ...each, heads })))
}

function spanOrAll(where: Where | undefined, half: Half, b: number, subject: Subject, name: string): readonly [number, number] {
  return where === undefined ? [0, subject.reach(half) - 1] : subject.span(where, half, b, name)
}
