/** The embedded encoder on sentences it never met: do the heads that `find` names look at what a pronoun refers to? */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { find, type Look, type Reading } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { sentencesFor } from '../../src/training/evaluate/pronouns.ts'

const ENCODER = fileURLToPath(new URL('../../models/encoder/', import.meta.url))
const here = existsSync(`${ENCODER}model.safetensors`)
const SENTENCES = 40

test.skipIf(!here)(
  `find names a head that looks from the pronoun to its referent first in at least 90 % of held-out sentences${here ? '' : ' (skipped: models/encoder is not here)'}`,
  async () => {
    using model = await loadModel(ENCODER)
    const runs: Reading[] = []
    const each: Look[] = []
    for (const { text, pronoun, referent } of (['pairs', 'frames'] as const).flatMap((split) =>
      sentencesFor(split, SENTENCES / 2, 'finding'),
    )) {
      const run = await model.run(text)
      const span = ({ start, end }: typeof pronoun): [number, number] => {
        const inside = run.tokens.flatMap((token, n) => (!token.special && token.start >= start && token.end <= end ? [n] : []))
        return [inside[0]!, inside.at(-1)!]
      }
      runs.push(run)
      each.push({ from: span(pronoun), to: span(referent) })
    }
    const { heads, places } = await find(runs, { each })
    const best = heads.toSorted((a, b) => b.first - a.first)[0]!
    console.log(
      `conformance embedded encoder: in ${places.length} held-out sentences, layer ${best.layer} head ${best.head} looks from the pronoun at its referent first in ${(100 * best.first).toFixed(0)} %, with ${(100 * best.weight).toFixed(0)} % of its weight`,
    )
    expect(places).toHaveLength(SENTENCES)
    expect(best.first).toBeGreaterThanOrEqual(0.9)
    for (const run of runs) run.dispose()
  },
)
