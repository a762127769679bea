/** `regard generate --json`: docs/cli.md describes it. A change that could break a reader raises `version`. */

import type { GeneratedToken } from '../../model/index.ts'
import type { Loaded } from '../load.ts'
import { short } from '../terminal/figures.ts'

const VERSION = 1

/** One object on one line, once all is written. */
export async function json({ model, engine }: Loaded, text: string, tokens: AsyncIterable<GeneratedToken>): Promise<string> {
  const from = performance.now()
  const written: GeneratedToken[] = []
  for await (const token of tokens) written.push(token)
  const milliseconds = performance.now() - from
  return JSON.stringify({
    version: VERSION,
    command: 'generate',
    model: { name: model.name, family: model.config.family },
    engine: { backend: engine.backend, tier: engine.tier, threads: engine.threads },
    milliseconds: Number(milliseconds.toFixed(3)),
    text,
    written: written.map((token) => token.text).join(''),
    end: written.at(-1)?.end,
    tokens: written.map(({ id, text, logprob, top }) => ({
      id,
      text,
      logprob: short(logprob),
      ...(top && { top: top.map((each) => ({ ...each, logprob: short(each.logprob) })) }),
    })),
  })
}
