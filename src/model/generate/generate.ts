/** Writing on, token by token. */

import type { ModelConfig } from '../config.ts'
import type { Bound } from '../edit/bind.ts'
import type { Network } from '../families/family.ts'
import type { Prepared } from '../input.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { wordOf } from '../tokenizer/word.ts'
import { type Candidate, choose, likeliest, logSum } from './choose.ts'
import { type GenerateOptions, type Settings, settingsOf } from './options.ts'
import { forbid, type WritingRules } from './rules.ts'
import { Session, textsOf } from './session.ts'
import { TextStream } from './text.ts'

export interface GeneratedToken {
  readonly id: number
  /** The text that became certain with this token: the joined texts of all tokens are what was written. '' without a tokenizer. */
  readonly text: string
  /** Natural logarithm of the probability that the model gave it, whatever rules it was drawn by. */
  readonly logprob: number
  /** Which text of the batch it belongs to. */
  readonly batch: number
  /** The likeliest next tokens as the model saw it, if `top` asked for them. */
  readonly top?: readonly (Candidate & { readonly text: string })[]
  /** Set on the last token of a text: a stop id or stop word came ('stop'), or there is no room for more ('length'). */
  readonly end?: 'stop' | 'length'
}

/** What writing needs of a model. */
export interface Writer {
  readonly config: ModelConfig
  readonly network: Network
  readonly rules: WritingRules
  /** Without one there are ids and no text. */
  readonly tokenizer: Tokenizer | undefined
  /** What is done on the way, if at most so many tokens are written. */
  readonly edited?: (room: number) => Promise<Bound>
}

/** Throws at once where a model cannot write, or not for so long, or the options make no sense. */
export function generate(writer: Writer, prepared: Prepared, options: GenerateOptions): AsyncGenerator<GeneratedToken, void, void> {
  const { rules, tokenizer } = writer
  requireWriter(writer)
  const settings = settingsOf(options, rules.endIds)
  if (settings.stopWords.length > 0 && !tokenizer)
    throw new Error('generate: stopWords need a tokenizer.json, and this model has none; give stopIds')
  requireRoom(writer, prepared)
  return write(writer, prepared, settings)
}

/** Throws where a model only reads. */
export function requireWriter({ config, network }: Pick<Writer, 'config' | 'network'>): void {
  if (!network.decoder || !network.logits)
    throw new Error(
      `generate: ${config.architecture ?? config.family} ${network.decoder ? 'has no head that scores words' : 'reads and cannot write; it takes a decoder such as GPT-2'}`,
    )
}

/** Throws where a text fills the model already. */
export function requireRoom({ config: { positions }, network }: Pick<Writer, 'config' | 'network'>, prepared: Prepared): void {
  const longest = Math.max(...textsOf(prepared).map((row) => row.length))
  const { by, beyond = Number.POSITIVE_INFINITY } = network.decoder?.stretched ?? {}
  if (longest >= beyond && longest < positions)
    throw new RangeError(
      `generate: the text has ${longest} tokens, and beyond ${beyond} ${by} turns every key of it anew: it can be read and not written on`,
    )
  if (longest >= positions)
    throw new RangeError(`generate: the text has ${longest} tokens and the model ${positions} positions: no room to write on`)
}

/** How long a text may become. */
export function roomOf({ config, network }: Pick<Writer, 'config' | 'network'>): number {
  return Math.min(config.positions, network.decoder?.stretched?.beyond ?? Number.POSITIVE_INFINITY)
}

/** One text of the batch. */
interface Line {
  readonly batch: number
  readonly said: number[]
  readonly text: TextStream
  done: boolean
}

async function* write(writer: Writer, prepared: Prepared, settings: Settings): AsyncGenerator<GeneratedToken, void, void> {
  const { signal } = settings
  signal?.throwIfAborted()
  const longest = Math.max(...textsOf(prepared).map((row) => row.length))
  const room = Math.min(settings.maxNewTokens, roomOf(writer) - longest)
  const bound = await writer.edited?.(room)
  let session: Session | undefined
  try {
    session = new Session(writer.network, writer.config, prepared, { hooks: bound?.hooks })
    const lines = textsOf(prepared).map((row, batch) => newLine(writer, settings, row, batch))
    let next: readonly (readonly number[])[] = lines.map(({ said }) => said)
    for (let step = 0; lines.some(({ done }) => !done); step++) {
      const scores = await session.read(next, signal)
      for (const line of lines) {
        if (line.done) continue
        yield advance(writer, settings, line, scores[line.batch]!, step)
        signal?.throwIfAborted()
      }
      next = lines.map(({ said }) => [said.at(-1)!])
    }
  } finally {
    session?.dispose()
    bound?.release()
  }
}

function newLine({ tokenizer }: Writer, { stopWords }: Settings, row: readonly number[], batch: number): Line {
  return { batch, said: [...row], text: new TextStream(tokenizer?.decodeStream(), stopWords, row), done: false }
}

/** Draws the next token of a line. */
function advance(writer: Writer, settings: Settings, line: Line, scores: Float64Array, step: number): GeneratedToken {
  const { rules, tokenizer } = writer
  const { batch, said } = line
  const total = logSum(scores)
  if (Number.isNaN(total)) throw new Error('generate: the scores of the next token hold NaN')
  const top = likeliest(scores, settings.top, total).map((each) => ({ ...each, text: wordOf(each.id, tokenizer) }))
  const plain = scores.slice()
  forbid(scores, said, rules, step)
  const id = choose(scores, said, settings, batch, step)
  said.push(id)
  const stop = settings.stopIds.has(id)
  const { text, stopped } = stop ? { text: '', stopped: true } : line.text.push(id)
  const full = step + 1 >= settings.maxNewTokens || said.length >= roomOf(writer)
  const end = stop || stopped ? 'stop' : full ? 'length' : undefined
  line.done = end !== undefined
  const rest = stop || end === 'length' ? line.text.rest() : ''
  return { id, text: text + rest, logprob: plain[id]! - total, batch, ...(settings.top > 0 && { top }), ...(end && { end }) }
}
