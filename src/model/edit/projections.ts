/** One projection for queries, keys and values. */

import type { Named, Projections } from './edit.ts'
import { layersOf } from './heads.ts'
import type { Plan } from './plan.ts'
import type { Subject } from './subject.ts'

export function projections({ edit, name }: Named<Projections>, subject: Subject, plan: Plan): void {
  const kind = subject.kindOf(edit.kind, name)
  if (edit.batch !== undefined) throw new TypeError(`${name}: projections are the same for all texts of a batch; leave batch out`)
  for (const layer of layersOf(edit, subject.extent(kind), name)) plan.attention(kind, layer).shared = edit.by ?? 'key'
}
