/** Edits bound to a model and a text: what remains are hooks. */

import type { Hooks } from '../hooks.ts'
import { ablate } from './ablate.ts'
import type { Edit, Named } from './edit.ts'
import { cutEdge, edges, silence } from './links.ts'
import { patch } from './patch.ts'
import { pattern } from './pattern.ts'
import { Plan } from './plan.ts'
import { positions } from './positions.ts'
import { projections } from './projections.ts'
import { Subject, type SubjectParts } from './subject.ts'

/** Hooks, and what they hold until they are no longer needed. */
export interface Bound {
  readonly hooks: Hooks
  release(): void
}

/** Throws one line that names the edit for whatever does not fit. What they take from other texts is read here. */
export async function bindEdits(edits: readonly Named[], parts: SubjectParts): Promise<Bound> {
  const subject = new Subject(parts)
  const plan = new Plan((kind) => subject.cutExtent(kind))
  try {
    for (const each of edits) await bind(each, subject, plan)
  } catch (error) {
    plan.release()
    throw error
  }
  return { hooks: plan, release: () => plan.release() }
}

async function bind({ edit, name }: Named, subject: Subject, plan: Plan): Promise<void> {
  const as = <E extends Edit>(each: E): Named<E> => ({ edit: each, name })
  if ('ablate' in edit) return ablate(as(edit), subject, plan)
  if ('patch' in edit) return patch(as(edit), subject, plan)
  if ('pattern' in edit) return pattern(as(edit), subject, plan)
  if ('silence' in edit) silence(as(edit), subject, plan)
  else if ('edges' in edit) edges(as(edit), subject, plan)
  else if ('cut' in edit) cutEdge(as(edit), subject, plan)
  else if ('positions' in edit) positions(as(edit), subject, plan)
  else if ('projections' in edit) projections(as(edit), subject, plan)
}
