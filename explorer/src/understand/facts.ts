/** What the steps of Understand draw: answers of the worker, each with what it is about, so that numbers and names never part. */

import type { LookingMakeup } from 'regard/lens'
import type { Answer } from '../engine/protocol.ts'
import type { Aim, Followed } from '../engine/questions/understand.ts'
import { labelsOf, type Side } from '../state/picture.ts'
import { fullName } from '../words/name.ts'
import type { StopId } from './strings.ts'

/** A half of the model, with the text whose tokens go through it. */
export interface Half {
  /** How it is called in questions. */
  readonly asked: Followed
  readonly side: Side
  readonly layers: number
  readonly heads: number
  /** The text that was read, which a half that writes looks at. */
  readonly source: Side | undefined
}

/** The place that is taken apart. */
export interface Place {
  readonly half: Half
  readonly layer: number
  readonly token: number
  /** How the token looks at its own text, and across at the text that was read. */
  readonly own: Aim
  readonly across: Aim | undefined
}

/** What moves: a part of a look stands for the rest of it. */
export interface Move {
  readonly layer?: number
  readonly token?: number
  readonly own?: Partial<Aim>
  readonly across?: Partial<Aim>
}

export interface Facts {
  readonly at: Place
  /** How the tokens of the half are called, and the same with the number of the like ones: `the second the`. */
  readonly labels: readonly string[]
  readonly names: readonly string[]
  readonly ends: Answer<'ends'>
  readonly token: Answer<'token'>
  readonly own: Look
  readonly across: Look | undefined
}

export type Which = 'own' | 'across'

/** One attention of the layer, from the token that is followed. */
export interface Look {
  readonly which: Which
  readonly aim: Aim
  readonly makeup: LookingMakeup
  /** The token that looks. */
  readonly token: number
  readonly from: string
  /** How the tokens are called that it may look at. */
  readonly labels: readonly string[]
  readonly names: readonly string[]
  /** The one that is spoken of. */
  readonly column: number
  /** Undefined for a mean of heads. */
  readonly head: Answer<'head'> | undefined
  /** For a mean of heads alone. */
  readonly averaged: Answer<'averaged'> | undefined
}

/** What a step may take for granted where one head is taken apart. */
export type HeadLook = Look & { readonly head: Answer<'head'> }

export const ofOneHead = (look: Look | undefined): look is HeadLook => look?.head !== undefined

/** The head of a look into one head; steps that need one are shown there alone. */
export const headOf = ({ aim }: Look): number => (aim.head === 'mean' ? 0 : aim.head)

/** Steps and numbers of the look across are called apart from those of the look at the own text. */
export const nameIn = ({ which }: Look, name: string): string => (which === 'across' ? `cross ${name}` : name)

/** The steps that each look goes through. */
export const STOPS_OF = {
  own: { heads: 'heads', score: 'score', softmax: 'softmax', blend: 'blend', stream: 'stream' },
  across: {
    heads: 'cross-heads',
    score: 'cross-score',
    softmax: 'cross-softmax',
    blend: 'cross-blend',
    stream: 'cross-stream',
  },
} as const satisfies Record<Which, Record<string, StopId>>

/** What the library calls the vectors before and behind each look, and the norms around it. */
export const PARTS = {
  own: { part: 'attention', entered: 'entered', input: 'attentionInput', output: 'attentionOutput', left: 'attended' },
  across: { part: 'cross', entered: 'attended', input: 'crossInput', output: 'crossOutput', left: 'crossed' },
} as const

export function namesOf(side: Side): { labels: readonly string[]; names: readonly string[] } {
  const labels = labelsOf(side)
  return { labels, names: labels.map((_, index) => fullName(labels, index)) }
}

/** A step's vector by name. */
export function stepOf(
  { steps }: Answer<'token'>,
  name: Answer<'token'>['steps'][number]['name'],
): Answer<'token'>['steps'][number] {
  return steps.find((step) => step.name === name)!
}

export const hasStep = ({ steps }: Answer<'token'>, name: string): boolean => steps.some((step) => step.name === name)
