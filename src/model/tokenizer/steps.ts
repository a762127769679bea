/** The steps of a tokenizer.json are named by their type; each kind of step has its table of builders. */

import { quoted } from './quoted.ts'
import { literalPattern, type Pattern, regexPattern } from './regex.ts'
import type { PatternEntry, Step } from './schema.ts'

/** `label`: what messages call the file; `depth`: how many sequences the step stands in. */
export type Builders<Built> = Record<string, (step: Step, label: string, depth: number) => Built>

/** Sequences of sequences are allowed, to a point. */
const DEEPEST = 16

/** Builds a step. Throws one line for a type that Regard does not have. */
export function buildStep<Built>(field: string, builders: Builders<Built>, step: Step, label: string, depth: number): Built {
  if (depth > DEEPEST) throw new Error(`${label}: ${field}: sequences stand in each other more than ${DEEPEST} deep`)
  const build = Object.hasOwn(builders, step.type) ? builders[step.type] : undefined
  if (!build) {
    const known = Object.keys(builders).join(', ')
    throw new Error(`${label}: ${field} ${quoted(step.type)} is not supported; ${known} are`)
  }
  return build(step, label, depth)
}

/** A pattern as the file writes it. Throws one line if it cannot be used. */
export function buildPattern(entry: PatternEntry, label: string): Pattern {
  try {
    return 'String' in entry ? literalPattern(entry.String.toWellFormed()) : regexPattern(entry.Regex)
  } catch (error) {
    throw new Error(`${label}: ${(error as Error).message}`)
  }
}
