/** `regard generate`: a text in, what a model writes after it out, word by word as it comes. */

import type { GeneratedToken, GenerateOptions, Model, ModelInput, WeightType } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { editsOf } from '../lens/edits.ts'
import { type Loaded, load, requireModel } from '../load.ts'
import { Interrupted, Problem } from '../problem.ts'
import { paintFor } from '../terminal/paint.ts'
import { printable } from '../terminal/width.ts'
import { candidateLine, header } from './candidates.ts'
import { json } from './json.ts'

export interface GenerateCommand {
  readonly model?: string | undefined
  readonly dtype?: WeightType | undefined
  readonly maxTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly topK?: number | undefined
  readonly topP?: number | undefined
  readonly minP?: number | undefined
  readonly repetitionPenalty?: number | undefined
  readonly seed?: number | undefined
  readonly stop?: readonly string[] | undefined
  readonly top?: number | undefined
  readonly json?: boolean | undefined
  /** JSON, or a file of it. */
  readonly edits?: string | undefined
}

/** `text`: `-` reads standard input. A reader that ends it is answered at once, with an `Interrupted`. */
export async function generate(text: string, options: GenerateCommand, console: Console): Promise<void> {
  const given = text === '-' ? (await console.input()).replace(/\r?\n$/, '') : text
  if (given.trim() === '')
    throw new Problem('the text is empty; give its beginning, for example `regard generate "Once upon a time"`')
  const stop = new AbortController()
  const ended = console.ended().then(() => {
    stop.abort()
    throw new Interrupted()
  })
  await Promise.race([work(given, options, console, stop.signal), ended])
}

async function work(text: string, options: GenerateCommand, console: Console, signal: AbortSignal): Promise<void> {
  const edits = await editsOf(options.edits)
  const loaded = await load(await requireModel(options.model, console, 'decoder'), console, options.dtype)
  const { model } = loaded
  try {
    const tokens = model.generate(inputOf(model, text), { ...settingsOf(options), ...(edits && { edits }), signal })
    if (options.json) console.print(await json(loaded, text, tokens))
    else await show(loaded, text, tokens, options, console)
  } finally {
    model.dispose()
  }
}

/** Without a tokenizer a text is a list of ids. */
function inputOf({ tokenizer, name }: Model, text: string): ModelInput {
  if (tokenizer) return text
  const ids = text.trim().split(/[\s,]+/)
  if (!ids.every((id) => /^\d{1,9}$/.test(id)))
    throw new Problem(`${name} has no tokenizer.json, so it cannot read text; give ids, for example \`regard generate "5 9 17"\``)
  return ids.map(Number)
}

/** Options that were not given are left to the model. */
function settingsOf({
  maxTokens,
  stop,
  json: _json,
  model: _model,
  dtype: _dtype,
  edits: _edits,
  ...rest
}: GenerateCommand): GenerateOptions {
  const all = { ...rest, maxNewTokens: maxTokens, stopWords: stop }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

async function show(
  { model }: Loaded,
  text: string,
  tokens: AsyncIterable<GeneratedToken>,
  { top = 0 }: GenerateCommand,
  console: Console,
): Promise<void> {
  const paint = paintFor(console.screen)
  if (top > 0) console.print(header(console.screen))
  else console.write(paint.soft(`${printable(text)}${model.config.kind === 'encoder-decoder' ? ' → ' : ''}`))
  for await (const token of tokens) {
    if (top > 0) console.print(candidateLine(token, model.tokenizer, console.screen))
    else console.write(model.tokenizer ? printable(token.text) : ` ${token.id}`)
  }
  if (top === 0) console.write('\n')
}
