/** One row of links, cut one after another. */

import type { CutEdge } from '../../model/edit/edit.ts'
import { headsOf } from '../../model/edit/heads.ts'
import type { AttentionKind } from '../../model/index.ts'
import { extentOf, kindOf, sidesOf } from '../../model/kinds.ts'
import type { EffectOptions, RowCut, RowEffect, RowEffects } from './asked.ts'
import { measured } from './exact.ts'
import { gaugeOf } from './gauge.ts'
import { Looks } from './looks.ts'
import { steps } from './progress.ts'
import { placesOf, type Subject, tokensOf, wordAt } from './subject.ts'

export async function rowEffects({ row, ...choice }: RowCut, subject: Subject, options: EffectOptions): Promise<RowEffects> {
  const { how = 'before' } = choice
  const kind = kindOf(subject.config, choice.kind, 'effect')
  const { rows, columns } = sidesOf(kind)
  const looking = { half: rows, tokens: placesOf(subject, rows, row) }
  const gauge = gaugeOf(options.measure ?? 'cosine', subject, looking)
  const from = [looking.tokens[0]!, looking.tokens.at(-1)!] as const
  const count = tokensOf(subject, columns).length
  const cuts = Array.from({ length: count }, (_, to): CutEdge => ({ ...choice, cut: 'edge', from, to }))
  const step = steps(options, count)
  const found = await measured(
    cuts.map((cut) => [cut]),
    subject,
    gauge,
    step,
  )
  const chosen = headsIn(choice, kind, subject)
  const weights = await meanWeights(chosen, kind, looking.tokens, count, subject)
  return {
    measure: gauge.name,
    cut: `${saidOf(chosen, kind, subject)}, ${how} the softmax`,
    row: looking.tokens,
    tokens: found.map(
      ({ effect }, index): RowEffect => ({ index, text: wordAt(subject, columns, index), weight: weights[index]!, effect }),
    ),
  }
}

type Chosen = ReadonlyMap<number, readonly number[]>

function headsIn(choice: Omit<RowCut, 'row'>, kind: AttentionKind, subject: Subject): Chosen {
  return headsOf(choice, extentOf(subject.config, kind), 'effect')
}

/** Over heads, and over the tokens that look. */
async function meanWeights(
  chosen: Chosen,
  kind: AttentionKind,
  rows: readonly number[],
  count: number,
  subject: Subject,
): Promise<Float64Array> {
  const looks = new Looks(subject, subject.prepared)
  const sum = new Float64Array(count)
  let terms = 0
  try {
    for (const [layer, heads] of chosen)
      for (const head of heads)
        for (const row of rows) {
          const weights = await looks.view({ kind, layer }, head).row(row)
          for (let n = 0; n < count; n++) sum[n]! += weights[n]!
          terms++
        }
  } finally {
    looks.dispose()
  }
  return sum.map((total) => total / terms)
}

/** "layer 3, head 1", "12 heads of layer 3", "all 72 heads". */
function saidOf(chosen: Chosen, kind: AttentionKind, subject: Subject): string {
  const { layers, heads } = extentOf(subject.config, kind)
  const count = [...chosen.values()].reduce((total, each) => total + each.length, 0)
  const [first] = chosen
  if (count === 1) return `layer ${first![0]}, head ${first![1][0]}`
  if (count === layers * heads) return `all ${count} heads`
  return `${count} heads of layer${chosen.size > 1 ? 's' : ''} ${[...chosen.keys()].join(', ')}`
}
