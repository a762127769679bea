/**
 * What the page and the engine's worker say to each other: one question, one answer, numbered.
 * Everything is plain data; arrays are handed over, not copied. Each view has its questions in a file of its own and one line here.
 */

import type { CostQuestions } from './questions/cost.ts'
import type { FlyQuestions } from './questions/fly.ts'
import type { HeadsQuestions } from './questions/heads.ts'
import type { MapQuestions } from './questions/map.ts'
import type { MeaningQuestions } from './questions/meaning.ts'
import type { QuestionQuestions } from './questions/question.ts'
import type { ReadQuestions } from './questions/read.ts'
import type { TakeQuestions } from './questions/take.ts'
import type { UnderstandQuestions } from './questions/understand.ts'

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

/** What runs and what it runs. */
export interface Opened {
  readonly model: { readonly name: string; readonly layers: number; readonly heads: number }
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
    CostQuestions {
  open(ask: { address: string }): Opened
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
  /** 0 … 1 of what a question is loading. */
  | { readonly id: number; readonly progress: number }

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
  /** Hears 0 … 1. */
  readonly progress?: (share: number) => void
}
