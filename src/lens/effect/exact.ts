/** Exact effects: the model is run again with each change. Changes of one text run as the rows of a batch. */

import { bindEdits } from '../../model/edit/bind.ts'
import { type Edit, readEdits } from '../../model/edit/edit.ts'
import type { Prepared } from '../../model/input.ts'
import type { Effect } from './asked.ts'
import type { Vector } from './formulas.ts'
import type { Gauge } from './measure.ts'
import { lastStates, numbersOf, repeated, vectorsOf } from './pass.ts'
import type { Subject } from './subject.ts'
import { afterSwaps } from './swaps.ts'

/** Tokens in one batch, at most, unless one text has more. */
const TOKENS = 1024

/** What the measure reads in the run as it is. */
export async function uneditedVectors(subject: Subject, gauge: Gauge): Promise<readonly Vector[]> {
  return (await vectors(subject, subject.prepared, gauge))[0]!
}

/**
 * The effect of each change, a list of edits made together. `step` is awaited around every batch, and told how many more changes are done.
 * Numbers are those of one change at a time, up to the rounding of products of another size.
 */
export async function measured(
  changes: readonly (readonly Edit[])[],
  subject: Subject,
  gauge: Gauge,
  step: (more: number) => Promise<void>,
): Promise<Pick<Effect, 'unedited' | 'edited' | 'effect'>[]> {
  const vectors = await uneditedVectors(subject, gauge)
  const unedited = gauge.value(vectors, vectors)
  const found: Pick<Effect, 'unedited' | 'edited' | 'effect'>[] = []
  for await (const each of eachUnder(changes, subject, gauge, step)) {
    const edited = gauge.value(each, vectors)
    found.push({ unedited, edited, effect: edited - unedited })
  }
  return found
}

/** What the measure reads under each change, one after another. */
export async function* eachUnder(
  changes: readonly (readonly Edit[])[],
  subject: Subject,
  gauge: Gauge,
  step: (more: number) => Promise<void>,
): AsyncGenerator<readonly Vector[]> {
  await step(0)
  for (const batch of batches(changes, Math.max(1, Math.floor(TOKENS / lengthOf(subject.prepared))))) {
    yield* await vectorsUnder(batch, subject, gauge)
    await step(batch.length)
  }
}

/** As many neighbours together as may be; what cannot be done to one text of a batch stands alone. */
function* batches(changes: readonly (readonly Edit[])[], size: number): Generator<readonly (readonly Edit[])[]> {
  let batch: (readonly Edit[])[] = []
  for (const change of changes) {
    const alone = !change.every(isOfOneText)
    if (batch.length > 0 && (alone || batch.length === size)) {
      yield batch
      batch = []
    }
    if (alone) yield [change]
    else batch.push(change)
  }
  if (batch.length > 0) yield batch
}

const isOfOneText = (edit: Edit): boolean => 'cut' in edit || 'keep' in edit || 'silence' in edit || 'ablate' in edit

async function vectorsUnder(changes: readonly (readonly Edit[])[], subject: Subject, gauge: Gauge): Promise<Vector[][]> {
  if (changes.length > 1) {
    const edits = changes.flatMap((list, batch) => list.map((edit) => ({ ...edit, batch })))
    return underEdits(edits, subject, repeated(subject.prepared, changes.length), gauge)
  }
  const there = afterSwaps(changes[0]!, subject, gauge)
  return underEdits(changes[0]!, there.subject, there.subject.prepared, there.gauge)
}

async function underEdits(edits: readonly Edit[], subject: Subject, prepared: Prepared, gauge: Gauge): Promise<Vector[][]> {
  const { config, network, read } = subject
  const bound = await bindEdits(readEdits(edits), { config, network, prepared, room: 0, read })
  try {
    return await vectors(subject, prepared, gauge, bound.hooks)
  } finally {
    bound.release()
  }
}

async function vectors(
  subject: Subject,
  prepared: Prepared,
  gauge: Gauge,
  hooks?: Parameters<typeof lastStates>[3],
): Promise<Vector[][]> {
  using states = lastStates(subject, prepared, gauge.half, hooks)
  using made = vectorsOf(subject, prepared, gauge, states)
  return numbersOf(made)
}

/** Of the longer half. */
const lengthOf = ({ length, decoder }: Prepared): number => Math.max(length, decoder?.length ?? 0)
