/** `regard read --json`: docs/cli.md describes it. A change that could break a reader raises `version`. */

import type { EngineInfo } from '../../backend/index.ts'
import type { Opening } from '../../lens/index.ts'
import type { AttentionKind } from '../../model/index.ts'
import { short } from '../terminal/figures.ts'
import type { Choice } from './looks.ts'
import type { Side } from './side.ts'

export const VERSION = 1

export interface Told {
  readonly model: { readonly name: string; readonly family: string; readonly layers: number; readonly heads: number }
  readonly engine: EngineInfo
  readonly milliseconds: number
  /** What was read, and what an encoder–decoder wrote, if its decoder looks. */
  readonly text: string
  readonly written: string | undefined
  readonly kind: AttentionKind
  /** Whose tokens look, and whose are looked at: the same ones where one text looks at itself. */
  readonly rows: Side
  readonly columns: Side
  readonly choice: Choice
  readonly rule: Opening | undefined
  readonly token: number | undefined
  /** One row for a token, else all. */
  readonly weights: readonly Float32Array[]
}

export function json(told: Told): string {
  const { model, engine, choice, rule, token, rows, columns } = told
  const value = {
    version: VERSION,
    command: 'read',
    model,
    engine: { backend: engine.backend, tier: engine.tier, threads: engine.threads },
    milliseconds: Number(told.milliseconds.toFixed(3)),
    text: told.text,
    kind: told.kind,
    ...(told.written !== undefined && { written: told.written }),
    tokens: tokensOf(columns),
    ...(rows !== columns && { looking: tokensOf(rows) }),
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

function tokensOf({ tokens, labels, hardly }: Side): object[] {
  return tokens.map(({ id, text, start, end, special }, index) => ({
    index,
    id,
    text: labels.words.pieces[index],
    piece: text,
    start,
    end,
    special,
    word: labels.words.of[index] ?? null,
    hardlySeen: hardly[index],
  }))
}
