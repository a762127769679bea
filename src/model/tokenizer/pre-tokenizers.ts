/** How normalised text is cut into words: one function a type of tokenizer.json. A word is never crossed by a token. */

import { check } from '../check.ts'
import type { Aligned } from './aligned.ts'
import { type Step, sequenceOf } from './schema.ts'
import { isPunctuation, isWhiteSpace } from './unicode.ts'

export type PreTokenizer = (text: Aligned) => Aligned[]

const BUILDERS: Record<string, (step: Step, label: string) => PreTokenizer> = {
  BertPreTokenizer: () => (text) => split(text, isWhiteSpace, isPunctuation),
  WhitespaceSplit: () => (text) => split(text, isWhiteSpace, () => false),
  Sequence: (step, label) => {
    const steps = check(sequenceOf('pretokenizers'), step, label).pretokenizers.map((each) => buildPreTokenizer(each, label))
    return (text) => steps.reduce((words, cut) => words.flatMap(cut), [text])
  },
}

/** Throws one line for a type that Regard does not have. */
export function buildPreTokenizer(step: Step, label: string): PreTokenizer {
  const build = Object.hasOwn(BUILDERS, step.type) ? BUILDERS[step.type] : undefined
  if (!build)
    throw new Error(
      `${label}: pre_tokenizer ${JSON.stringify(step.type)} is not supported; ${Object.keys(BUILDERS).join(', ')} are`,
    )
  return build(step, label)
}

/** Cuts at what `drop` says, which is left out, and around what `alone` says, which becomes a word of its own. */
function split(text: Aligned, drop: (c: string) => boolean, alone: (c: string) => boolean): Aligned[] {
  const words: Aligned[] = []
  let start = 0
  let at = 0
  const close = (): void => {
    if (at > start) words.push(text.slice(start, at))
  }
  for (const character of text.text) {
    const dropped = drop(character)
    if (dropped || alone(character)) {
      close()
      start = at + (dropped ? character.length : 0)
      at += character.length
      close()
      start = at
    } else at += character.length
  }
  close()
  return words
}
