/** `regard read`: a text in, who looks at whom out. */

import { answered } from '../../lens/answered.ts'
import { type Half, sideOf } from '../../lens/kinds.ts'
import type { Model, Run, WeightType } from '../../model/index.ts'
import type { Console } from '../console.ts'
import type { KindOptions } from '../lens/kind.ts'
import { checkPlace, inputFor, seenOf, sightFact, sightFor, sightNote } from '../lens/sight.ts'
import { type Loaded, load, requireModel } from '../load.ts'
import { Problem } from '../problem.ts'
import { paintFor } from '../terminal/paint.ts'
import { type Asked, type Ran, show } from './show.ts'
import type { SideText } from './side.ts'

export interface ReadOptions extends ReadAsked {
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

/** What may be asked of one text. */
export interface ReadAsked extends Asked, KindOptions {}

/** Reads with a model that is there already. */
export async function readWith({ model, engine }: Loaded, text: string, asked: ReadAsked, { screen }: Console): Promise<string> {
  const sight = sightFor(model, asked)
  checkPlace(model, sight, asked)
  const input = await inputFor(model, text, asked, sight)
  const from = performance.now()
  using run = await model.run(input)
  await run.hidden(-1, { kind: sight.rows }).read()
  const milliseconds = performance.now() - from
  const side = (half: Half): SideText => {
    const { tokens, text = '' } = sideOf(run, 0, half)
    return { tokens, text }
  }
  const looking = sight.rows === 'decoder'
  const seen = seenOf(run, sight, asked)
  const written = looking || asked.json ? seen.written : await answerOf(run, model, text)
  const ran: Ran = {
    ...side(sight.rows),
    ...(!sight.square && { columns: side(sight.columns) }),
    kind: sight.kind,
    read: text,
    written: looking ? written : undefined,
    which: { facts: sightFact(model, sight), below: sightNote(model, { ...seen, written }, screen, paintFor(screen)) },
    config: { layers: sight.layers, heads: sight.heads },
    model: { name: model.name, family: model.config.family },
    engine,
    milliseconds,
    seen: model.seen,
    attention: (layer, head) => run.attention(layer, head, { kind: sight.kind }),
  }
  return await show(ran, asked, screen)
}

/** What an encoder–decoder writes in answer to the text; undefined for a model that does not write. */
async function answerOf({ logits }: Pick<Run, 'logits'>, model: Model, text: string): Promise<string | undefined> {
  if (model.config.kind !== 'encoder-decoder' || !logits) return undefined
  const { target } = await answered(model, text)
  return model.tokenizer?.decode(target, { skipSpecial: true })
}
