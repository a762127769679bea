/** `--measure WHAT` and `--at WORD`. */

import type { EffectMeasure } from '../../lens/index.ts'
import { Usage } from '../program.ts'

const WHAT =
  '--measure is cosine, embedding, kl, logit:WORD, probability:WORD, log-probability:WORD, difference:WORD,WORD or restored:WORD'

/** A word may begin with a space: "logit: time" is asked for the token " time". */
export function measureOf(asked: string | undefined, at: string | undefined, from: string | undefined): EffectMeasure | undefined {
  const place = at === undefined ? {} : { at }
  const [, what = '', word] = /^([a-z-]+)(?::(.+))?$/su.exec(asked ?? 'cosine') ?? []
  if (word === undefined) return plain(what, asked, at)
  if (what === 'logit') return { logit: word, ...place }
  if (what === 'probability') return { probability: word, ...place }
  if (what === 'log-probability') return { logProbability: word, ...place }
  if (what === 'restored') return { restored: word, at: at ?? from ?? unplaced(asked) }
  const [a, b, more] = word.split(',')
  if (what === 'difference' && a && b && more === undefined) return { logitDifference: [a, b], ...place }
  throw new Usage(`${WHAT}; got ${JSON.stringify(asked)}`)
}

function unplaced(asked: string | undefined): never {
  throw new Usage(`--measure ${asked}: say with --at which word is masked`)
}

function plain(what: string, asked: string | undefined, at: string | undefined): EffectMeasure | undefined {
  if (what === 'cosine') return at === undefined ? undefined : { cosine: at }
  if (what === 'kl') return at === undefined ? 'kl' : { kl: at }
  if (what === 'embedding' && at === undefined) return 'embedding'
  if (what === 'embedding') throw new Usage('--measure embedding is of the whole text, so it takes no --at')
  throw new Usage(`${WHAT}; got ${JSON.stringify(asked)}`)
}
