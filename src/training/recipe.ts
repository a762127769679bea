/** What a recipe is: everything that training a model depends on, as data and pure functions. */

import type { Model } from '../model/index.ts'
import type { Tokenizer } from '../model/tokenizer/tokenizer.ts'
import type { Config } from './shapes.ts'
import type { VocabularyOptions } from './vocabulary/tokenizer-file.ts'

/** One text to learn from. */
export interface Row {
  /** What the model reads. */
  readonly ids: readonly number[]
  /** What an encoder–decoder writes: the id that it begins with, then what it should write. */
  readonly written?: readonly number[]
  /** What is to be foreseen: at which place (of what is written, if there is that), and which id. */
  readonly labels: readonly (readonly [place: number, id: number])[]
}

/** What is learned in one step. */
export interface Exercise {
  readonly rows: readonly Row[]
  /** Only these words are in question: the softmax goes over them alone, and labels are places in this list. */
  readonly among?: readonly number[]
  /** Heads pay for looking at the same words. */
  readonly overlap?: Overlap
}

/** What looks that heads share cost, so that each becomes the work of one head: see `overlapOf`. */
export interface Overlap {
  /** For each label, and each pair of heads that look at one word with all of their weight. */
  readonly price: number
  /** So many ids, from 0 on, belong to the format; heads may rest there free of charge. */
  readonly special: number
}

/** What an exercise depends on, and nothing else. */
export interface Moment {
  readonly tokenizer: Tokenizer
  readonly seed: number
  readonly step: number
  /** Counts from 0: how often the recipe has moved on. */
  readonly stage: number
}

/** What scores are taken from: a model that reads, trained or in training. */
export type Reader = Pick<Model, 'config' | 'run'> & { readonly tokenizer: Tokenizer }

export type Scores = Readonly<Record<string, number>>

export interface Recipe {
  readonly name: string
  /** One sentence for the card. */
  readonly about: string
  readonly seed: number
  /** config.json without vocab_size, which follows from the vocabulary. */
  readonly config: Omit<Config, 'vocab_size'>
  readonly vocabulary: VocabularyOptions
  /** What the vocabulary is learned from. */
  texts(): Iterable<string>
  readonly steps: number
  /** The rate rises over `warmup` steps to `rate`, then falls along half a cosine to a hundredth of it. */
  readonly rate: number
  readonly warmup: number
  /** From this step on the rate rises and falls a second time: for what the exercises ask from then on. */
  readonly second?: Course & { readonly from: number }
  /** Matrices learn by Muon, with this reach; without it everything learns by AdamW. */
  readonly reach?: number
  readonly weightDecay: number
  /** Gradients longer than this are shortened to it. */
  readonly clip: number
  /** Rows of similar length are read together, so many groups a step. */
  readonly groups: number
  /** A pure function of the moment. */
  exercise(moment: Moment): Exercise
  /** Held-out scores, taken every so many steps and written to the log. */
  readonly measureEvery: number
  measure(reader: Reader, moment: Moment): Promise<Scores>
  /** Is it time for the next stage? Asked after measuring. */
  advances?(scores: Scores, stage: number): boolean
}

/** A rise of the rate over `warmup` steps, and its fall. */
export interface Course {
  readonly rate: number
  readonly warmup: number
}

/** The learning rate of step `step`, counted from 0. */
export function rateAt(
  { rate, warmup, steps, second }: Pick<Recipe, 'rate' | 'warmup' | 'steps' | 'second'>,
  step: number,
): number {
  if (second && step >= second.from) return onCourse(second, steps - second.from, step - second.from)
  return onCourse({ rate, warmup }, second?.from ?? steps, step)
}

function onCourse({ rate, warmup }: Course, steps: number, step: number): number {
  if (step < warmup) return (rate * (step + 1)) / warmup
  const share = Math.min(1, (step - warmup) / Math.max(1, steps - warmup))
  return rate * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * share)))
}
