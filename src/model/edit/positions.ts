/** Where tokens are told that they stand. Masks and windows still go by the order they are read in. */

import { uniform } from '../generate/random.ts'
import type { Named, Positions } from './edit.ts'
import { counted } from './heads.ts'
import type { Plan } from './plan.ts'
import type { Subject } from './subject.ts'

export function positions({ edit, name }: Named<Positions>, subject: Subject, plan: Plan): void {
  const half = subject.kindOf(edit.kind, name)
  if (half === 'cross') throw new TypeError(`${name}: cross-attention has no positions of its own; kind is 'encoder' or 'decoder'`)
  const { real, tokens } = subject.side(half)
  const places = subject.standing(half)
  // RoBERTa counts its places from 1.
  const first = subject.tower(half).counting === 'words' ? 1 : 0
  for (const b of subject.texts(edit.batch, name)) {
    const at = counted(tokens[b]!.length).filter((n) => real[b]![n] === 1)
    const own = at.map((n) => places[b]![n]!)
    if (edit.positions === 'remove') places[b] = places[b]!.map(() => first)
    else {
      const told = edit.positions === 'shuffle' ? shuffled(own, edit.seed ?? 0) : edit.positions.map((place) => place + first)
      if (told.length !== at.length)
        throw new RangeError(
          `${name}: ${told.length} positions for ${at.length} tokens; give one for each, special tokens included`,
        )
      checkReach(told, first, subject, name)
      for (const [n, index] of at.entries()) places[b]![index] = told[n]!
    }
  }
  plan.stand(half, places)
}

function checkReach(told: readonly number[], first: number, { config }: Subject, name: string): void {
  const far = told.find((place) => place - first >= config.positions)
  if (far !== undefined)
    throw new RangeError(`${name}: there is no place ${far - first}, the model has ${config.positions} (counted from 0)`)
}

/** Fisher and Yates. */
function shuffled(list: readonly number[], seed: number): number[] {
  const out = [...list]
  for (let n = out.length - 1; n > 0; n--) {
    const m = Math.floor(uniform(seed, 0, n) * (n + 1))
    ;[out[n], out[m]] = [out[m]!, out[n]!]
  }
  return out
}
