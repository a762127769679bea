/**
 * What the page and the engine's worker say to each other: one question, one answer, numbered.
 * Everything is plain data; arrays are handed over, not copied. Each view has its questions in a file of its own and one line here.
 */

import type { AcrossQuestions } from './questions/across.ts'
import type { CostQuestions } from './questions/cost.ts'
import type { FlyQuestions } from './questions/fly.ts'
import type { HeadsQuestions } from './questions/heads.ts'
import type { MapQuestions } from './questions/map.ts'
import type { MeaningQuestions } from './questions/meaning.ts'
import type { QuestionQuestions } from './questions/question.ts'
import type { ReadQuestions } from './questions/read.ts'
import type { TakeQuestions } from './questions/take.ts'
import type { UnderstandQuestions } from './questions/understand.ts'
import type { WriteQuestions } from './questions/write.ts'

/** A head of a layer, or the mean of all its heads. */
export type Head = number | 'mean'

export interface Token {
  readonly id: number
  readonly text: string
  /** UTF-16 offsets into the text; equal for special tokens. */
  readonly start: number
  readonly end: number
  readonly special: boolean
}

/**
 * Where a model comes from: the web address of its folder or the name of an embedded one; files, by their paths in its folder; or its name on
 * a hub, fetched `through` a server that does so for the page, or by the page itself.
 */
export type Source =
  | { readonly address: string }
  | { readonly files: ReadonlyMap<string, Blob> }
  | { readonly id: string; readonly hub: string; readonly through?: string }

/** What is known of the model that is open. */
export interface OpenModel {
  readonly name: string
  /** `model_type` of its config.json. */
  readonly family: string
  /** What it is made of. An encoder–decoder tells of its encoder here and of its decoder in `decoder`. */
  readonly kind: 'encoder' | 'decoder' | 'encoder-decoder'
  /** It can write: a decoder whose states score the next word. */
  readonly writes: boolean
  readonly layers: number
  readonly heads: number
  /** How many tokens it reads at most; Infinity where positions are told by distance alone. */
  readonly positions: number
  readonly decoder?: { readonly layers: number; readonly heads: number }
}

/** What runs and what it runs. */
export interface Opened {
  readonly model: OpenModel
  readonly engine: { readonly line: string; readonly notes: readonly string[] }
}

/** The questions, and what answers each. */
export interface Questions
  extends ReadQuestions,
    UnderstandQuestions,
    FlyQuestions,
    MapQuestions,
    QuestionQuestions,
    HeadsQuestions,
    TakeQuestions,
    MeaningQuestions,
    CostQuestions,
    WriteQuestions,
    AcrossQuestions {
  /** Frees the model before and all that was read with it. `name`: what it is called, where the page knows better than its files. */
  open(ask: { source: Source; name: string }): Opened
}

export type Method = keyof Questions
export type Ask<M extends Method> = Parameters<Questions[M]>[0]
export type Answer<M extends Method> = ReturnType<Questions[M]>

export type Question = { [M in Method]: { readonly id: number; readonly method: M; readonly ask: Ask<M> } }[Method]
/** What was asked under this number is wanted no more. */
export type Drop = { readonly drop: number }

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  /** 0 … 1 of what a question is loading; of `file`, while that is being downloaded. */
  | { readonly id: number; readonly progress: number; readonly file?: string }

/** The page's way to the numbers: what a view is given. */
export interface Requests {
  /**
   * Rejects with `Refused` (one plain line for the reader), with `Crashed`, or, once `signal` is aborted, with its reason; a question
   * that the worker has not begun is then not computed, and long work is called off.
   */
  ask<M extends Method>(method: M, ask: Ask<M>, options?: AskOptions): Promise<Answer<M>>
}

export interface AskOptions {
  readonly signal?: AbortSignal
  /** Hears 0 … 1; of `file`, while that is being downloaded. */
  readonly progress?: (share: number, file?: string) => void
}
