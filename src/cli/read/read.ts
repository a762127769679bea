/** `regard read`: a text in, who looks at whom out. */

import type { WeightType } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { type Loaded, load, requireModel } from '../load.ts'
import { Problem } from '../problem.ts'
import { type Asked, show } from './show.ts'

export interface ReadOptions extends Asked {
  readonly model?: string | undefined
  readonly dtype?: WeightType | undefined
}

/** `text`: `-` reads standard input. */
export async function read(text: string, options: ReadOptions, console: Console): Promise<string> {
  const given = text === '-' ? (await console.input()).replace(/\r?\n$/, '') : text
  if (given.trim() === '') throw new Problem(`the text is empty; give a sentence, for example \`regard read "The cat sat."\``)
  const loaded = await load(await requireModel(options.model, console), console, options.dtype)
  try {
    return await readWith(loaded, given, options, console)
  } finally {
    loaded.model.dispose()
  }
}

/** Reads with a model that is there already. */
export async function readWith({ model, engine }: Loaded, text: string, asked: Asked, { screen }: Console): Promise<string> {
  if (!model.tokenizer)
    throw new Problem(`${model.name} has no tokenizer.json, so it cannot read text; add the tokenizer.json that belongs to it`)
  const from = performance.now()
  using run = await model.run(text)
  await run.hidden(-1).read()
  const milliseconds = performance.now() - from
  const { config } = model
  const ran = {
    text,
    tokens: run.tokens,
    config,
    model: { name: model.name, family: config.family },
    engine,
    milliseconds,
    seen: model.seen,
    attention: (layer: number, head: number | 'mean') => run.attention(layer, head),
  }
  return await show(ran, asked, screen)
}
