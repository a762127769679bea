/** What the steps of Understand draw: answers of the worker, each with what it is about, so that numbers and names never part. */

import type { Answer } from '../engine/protocol.ts'
import type { Reading } from '../engine/questions/read.ts'
import { labelsOf } from '../state/picture.ts'
import { fullName } from '../words/name.ts'

/** The place that is taken apart. */
export interface Place {
  readonly reading: Reading
  readonly layer: number
  readonly head: number | 'mean'
  readonly token: number
  readonly column: number
}

export interface Facts {
  readonly at: Place
  /** How its tokens are called, and the same with the number of the like ones: `the second the`. */
  readonly labels: readonly string[]
  readonly names: readonly string[]
  readonly ends: Answer<'ends'>
  readonly token: Answer<'token'>
  /** Undefined for a mean of heads. */
  readonly head: Answer<'head'> | undefined
  readonly link: Answer<'link'> | undefined
  /** For a mean of heads alone. */
  readonly averaged: Answer<'averaged'> | undefined
}

/** What a step may take for granted where one head is taken apart. */
export type HeadFacts = Facts & { readonly head: Answer<'head'>; readonly link: Answer<'link'> }

export const ofOneHead = (facts: Facts): facts is HeadFacts => facts.head !== undefined && facts.link !== undefined

export function namesOf(reading: Reading): { labels: readonly string[]; names: readonly string[] } {
  const labels = labelsOf(reading)
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
