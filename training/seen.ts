/** Which words a model met while it learned: what goes into its seen.json. */

import { countedWords } from '../src/model/seen.ts'
import { readCorpus } from '../src/training/corpus.ts'
import { Random } from '../src/training/random.ts'
import { datePair } from '../src/training/recipes/dates.ts'
import { ownSentence as decoderSentence } from '../src/training/recipes/decoder.ts'
import { ownSentence as encoderSentence } from '../src/training/recipes/encoder.ts'

/** How many sentences of the grammar are counted beside the corpus, whose sentences are counted once each. */
export const COUNTED = 20_000
/** A word that stood in fewer places is hardly known. */
export const LEAST = 10

const OWN: Readonly<Record<string, (random: Random) => string>> = {
  encoder: encoderSentence,
  decoder: decoderSentence,
  translator: (random) => datePair(random, false).said,
}

/** `words`: in how many places a word stands, the most frequent first; those below `least` are left out. */
export function seenWords(name: string): { readonly least: number; readonly words: Readonly<Record<string, number>> } {
  const corpus = name === 'translator' ? [] : readCorpus().train
  const own = Array.from({ length: COUNTED }, (_, n) => OWN[name]!(new Random('seen', name, n)))
  const counts = [...countedWords([...corpus, ...own])].filter(([, times]) => times >= LEAST)
  counts.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return { least: LEAST, words: Object.fromEntries(counts) }
}
