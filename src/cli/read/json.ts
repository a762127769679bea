/** `regard read --json`: docs/cli.md describes it. A change that could break a reader raises `version`. */

import type { EngineInfo } from '../../backend/index.ts'
import type { Opening, TokenLike } from '../../lens/index.ts'
import { short } from '../terminal/figures.ts'
import type { Labels } from './labels.ts'
import type { Choice } from './looks.ts'

export const VERSION = 1

export interface Told {
  readonly model: { readonly name: string; readonly family: string; readonly layers: number; readonly heads: number }
  readonly engine: EngineInfo
  readonly milliseconds: number
  readonly text: string
  readonly tokens: readonly (TokenLike & { readonly id: number })[]
  readonly labels: Labels
  /** Is it of a word that the model hardly knows? */
  readonly hardly: readonly boolean[]
  readonly choice: Choice
  readonly rule: Opening | undefined
  readonly token: number | undefined
  /** One row for a token, else all. */
  readonly weights: readonly Float32Array[]
}

export function json(told: Told): string {
  const { model, engine, choice, rule, token, labels } = told
  const value = {
    version: VERSION,
    command: 'read',
    model,
    engine: { backend: engine.backend, tier: engine.tier, threads: engine.threads },
    milliseconds: Number(told.milliseconds.toFixed(3)),
    text: told.text,
    tokens: told.tokens.map(({ id, text, start, end, special }, index) => ({
      index,
      id,
      text: labels.words.pieces[index],
      piece: text,
      start,
      end,
      special,
      word: labels.words.of[index] ?? null,
      hardlySeen: told.hardly[index],
    })),
    layer: choice.layer ?? null,
    head: choice.head,
    rule: rule
      ? { reason: rule.reason, row: rule.row, column: rule.column, weight: short(rule.weight), compared: rule.compared }
      : null,
    ...(token === undefined
      ? { weights: told.weights.map((row) => Array.from(row, short)) }
      : { token, weights: Array.from(told.weights[0]!, short) }),
  }
  return JSON.stringify(value)
}
