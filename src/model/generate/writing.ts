/** A text in the making: a token at a time, chosen from outside, with where each of them looked, and the way back. */

import { slice } from '../../ops/index.ts'
import { disown, scope, type Tensor } from '../../tensor/index.ts'
import type { TowerOutput } from '../families/family.ts'
import type { Prepared } from '../input.ts'
import type { Token } from '../tokenizer/tokenizer.ts'
import { pieceOf, wordOf } from '../tokenizer/word.ts'
import { AttentionView } from '../view.ts'
import { type Candidate, choose, likeliest, logSum, odds } from './choose.ts'
import { requireRoom, requireWriter, roomOf, type Writer } from './generate.ts'
import { type GenerateOptions, settingsOf } from './options.ts'
import { Rows } from './rows.ts'
import { forbid } from './rules.ts'
import { Session, textsOf } from './session.ts'
import { CONTEXT, TextStream } from './text.ts'

/** How the next token is drawn: what `generate` is told, and means by it. */
export type DrawOptions = Pick<
  GenerateOptions,
  'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'seed' | 'stopIds' | 'top'
>

/** A token that could come next. */
export interface NextToken extends Candidate {
  /** What it would add to the text; its name where that is nothing yet. */
  readonly text: string
  /** How likely the rules draw it, 0 … 1: 0 for one that they leave out. */
  readonly odds: number
  /** Does it end the text? */
  readonly ends: boolean
}

export interface Proposal {
  /** What the rules draw. */
  readonly id: number
  /** The likeliest `top` as the model sees it, likeliest first, and behind them the drawn one if it is none of them. */
  readonly candidates: readonly NextToken[]
}

/**
 * Keys, values and queries stay, so a token costs one row, and who looked at whom is known of every token at any time. Views and tensors
 * that it gives out are valid until the text changes. `model.write` makes one; `dispose()` ends it.
 */
export class Writing {
  /** How many of the tokens were there at the beginning: the given text, or the one that an encoder–decoder begins to write with. */
  readonly given: number
  /** What an encoder–decoder writes in answer to. */
  readonly source: readonly Token[] | undefined
  readonly #writer: Writer
  readonly #session: Session
  readonly #own: readonly Rows[]
  readonly #cross: readonly Rows[]
  readonly #beginning: string
  readonly #tokens: Token[]
  readonly #logprobs: number[] = []
  readonly #stopIds: ReadonlySet<number>
  /** The last hidden states [1,n,width], from position `from` on; of two for one position the later counts. */
  readonly #states: { readonly from: number; readonly hidden: Tensor }[] = []
  /** How many tokens were read and not taken back. */
  #length = 0
  #text: string
  #stream: TextStream
  #ended: number | undefined
  #scores: { readonly after: number; readonly scores: Float64Array } | undefined
  #disposed = false

  /** Reads what is given. Throws where a model cannot write. */
  static async begin(writer: Writer, prepared: Prepared): Promise<Writing> {
    requireWriter(writer)
    if (prepared.ids.length > 1) throw new RangeError(`writing: one text is written at a time, got ${prepared.ids.length}`)
    requireRoom(writer, prepared)
    const writing = new Writing(writer, prepared)
    try {
      await writing.#read(textsOf(prepared)[0]!)
    } catch (error) {
      writing.dispose()
      throw error
    }
    return writing
  }

  private constructor(writer: Writer, prepared: Prepared) {
    const { network, config, rules } = writer
    const { tokens, real } = prepared.decoder ?? prepared
    this.#writer = writer
    this.#tokens = tokens[0]!.filter((_, n) => real[0]![n] === 1)
    this.given = this.#tokens.length
    this.source = prepared.decoder && prepared.tokens[0]!
    this.#beginning = (!prepared.decoder && prepared.texts[0]) || ''
    this.#stopIds = new Set(rules.endIds)
    const layers = network.decoder!.layers
    this.#own = Array.from({ length: layers }, () => new Rows(true))
    this.#cross = Array.from({ length: prepared.decoder ? layers : 0 }, () => new Rows(false))
    this.#text = this.#beginning
    this.#stream = this.#newStream()
    this.#session = new Session(network, config, prepared, { watch: (seen) => this.#take(seen) })
  }

  /** All that is written on and was written, as the decoder read it. Offsets are those of `text`. */
  get tokens(): readonly Token[] {
    return this.#tokens
  }

  /** The given text with what was written behind it; half a character waits for its other half. '' without a tokenizer. */
  get text(): string {
    return this.#text
  }

  /** Natural logarithm of the probability that the model gave each token that was written, one that ended the text included. */
  get logprobs(): readonly number[] {
    return this.#logprobs
  }

  /** The token that ended the text, if one did. It was not read. */
  get ended(): number | undefined {
    return this.#ended
  }

  /** 'stop': the text was ended; 'length': there is no room for more. */
  get end(): 'stop' | 'length' | undefined {
    if (this.#ended !== undefined) return 'stop'
    return this.#tokens.length >= roomOf(this.#writer) ? 'length' : undefined
  }

  /**
   * What could come after token `after` (default: the last), and what the rules draw: the same as `generate` would in its place, from the same
   * seed. `after` must be the last token given or one that was written.
   */
  async propose(options: DrawOptions = {}, after: number = this.#tokens.length - 1): Promise<Proposal> {
    const { rules } = this.#writer
    if (!Number.isInteger(after) || after < this.given - 1 || after >= this.#tokens.length)
      throw new RangeError(`writing: nothing is written after token ${after}; ${this.given - 1} to ${this.#tokens.length - 1} are`)
    const settings = settingsOf(options, rules.endIds)
    const said = this.#tokens.slice(0, after + 1).map(({ id }) => id)
    const step = after + 1 - this.given
    const plain = await this.#scoresAfter(after)
    const total = logSum(plain)
    if (Number.isNaN(total)) throw new Error('writing: the scores of the next token hold NaN')
    const allowed = plain.slice()
    forbid(allowed, said, rules, step)
    const chances = odds(allowed.slice(), said, settings)
    const id = choose(allowed, said, settings, 0, step)
    const listed = likeliest(plain, settings.top, total)
    const all = listed.some((each) => each.id === id) ? listed : [...listed, { id, logprob: plain[id]! - total }]
    const candidates = all.map((each) => ({
      ...each,
      text: this.#added(each.id, said),
      odds: chances[each.id]!,
      ends: settings.stopIds.has(each.id),
    }))
    return { id, candidates }
  }

  /** Writes these tokens, any the model has. One that ends a text ends it, unread, and must be the last. */
  async append(ids: number | readonly number[]): Promise<void> {
    const list = [ids].flat() as number[]
    this.#check(list)
    const ends = this.#stopIds.has(list.at(-1)!)
    const read = ends ? list.slice(0, -1) : list
    const from = this.#tokens.length
    if (read.length > 0) await this.#scoresAfter(from - 1)
    const before = this.#scores
    if (read.length > 0) await this.#read(read)
    for (const [n, id] of list.entries()) {
      const scores = n === 0 && before?.after === from - 1 ? before.scores : await this.#scoresAfter(from + n - 1)
      this.#logprobs.push(scores[id]! - logSum(scores))
    }
    for (const id of read) this.#tokens.push(this.#spelt(id))
    if (ends) this.#ended = list.at(-1)
  }

  /** Takes the last `count` tokens back that were written. One that ended the text is the last. */
  back(count = 1): void {
    this.#alive('back')
    const written = this.#logprobs.length
    if (!Number.isInteger(count) || count < 0 || count > written)
      throw new RangeError(`writing: ${written} tokens were written, so ${count} cannot be taken back`)
    if (count === 0) return
    this.#logprobs.length -= count
    this.#tokens.length = this.given + this.#logprobs.length
    this.#ended = undefined
    this.#respell()
    const length = this.#tokens.length
    this.#length = length
    this.#session.truncate(length)
    for (const rows of [...this.#own, ...this.#cross]) rows.truncate(length)
    while (this.#states.at(-1)!.from >= length) this.#states.pop()!.hidden.dispose()
    if (this.#scores?.after !== length - 1) this.#scores = undefined
  }

  /**
   * Who looks at whom in one head of the decoder, or in the mean of a layer's heads: a row for every token. 'decoder': at the text itself;
   * 'cross': at the source.
   */
  attention(layer: number, head: number | 'mean', { kind = 'decoder' }: { kind?: 'decoder' | 'cross' } = {}): AttentionView {
    this.#alive('attention')
    const list = kind === 'cross' ? this.#cross : this.#own
    const rows = Number.isInteger(layer) && layer >= 0 ? list[layer] : undefined
    if (!rows)
      throw new RangeError(
        list.length === 0
          ? `writing: ${this.#writer.config.family} looks at no source`
          : `writing: layer ${layer} does not exist; the model has 0 to ${list.length - 1}`,
      )
    const looked = rows.looked()
    const heads = looked.q.shape[1]!
    if (head !== 'mean' && !(Number.isInteger(head) && head >= 0 && head < heads))
      throw new RangeError(`writing: head ${head} does not exist; the model has 0 to ${heads - 1}, and 'mean'`)
    return new AttentionView(looked, head === 'mean' ? Array.from({ length: heads }, (_, n) => n) : [head], 0)
  }

  dispose(): void {
    this.#disposed = true
    this.#session.dispose()
    for (const rows of [...this.#own, ...this.#cross]) rows.dispose()
    for (const { hidden } of this.#states.splice(0)) hidden.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  async #read(ids: readonly number[]): Promise<void> {
    const [scores] = await this.#session.read([ids])
    this.#scores = { after: this.#length - 1, scores: scores! }
  }

  /** What a piece made, while its tensors live. */
  #take({ hidden, looked, crossLooked }: TowerOutput): void {
    const last = hidden.at(-1)!
    disown(last)
    this.#states.push({ from: this.#length, hidden: last })
    this.#length += last.shape[1]!
    for (const [layer, each] of looked.entries()) this.#own[layer]!.take(each)
    for (const [layer, each] of crossLooked.entries()) this.#cross[layer]!.take(each)
  }

  /** The score of every word after a token. */
  async #scoresAfter(after: number): Promise<Float64Array> {
    this.#alive('scores')
    if (this.#scores?.after === after) return this.#scores.scores
    const { from, hidden } = this.#states.findLast((each) => each.from <= after)!
    using logits = this.#logitsOf(hidden, after - from)
    const scores = Float64Array.from((await logits.read()) as Float32Array | Float64Array)
    this.#scores = { after, scores }
    return scores
  }

  #logitsOf(hidden: Tensor, row: number): Tensor {
    using s = scope()
    const logits = s.keep(this.#writer.network.logits!(slice(hidden, 1, row, row + 1)))
    disown(logits)
    return logits
  }

  #check(list: readonly number[]): void {
    this.#alive('append')
    const { vocabulary } = this.#writer.config
    const positions = roomOf(this.#writer)
    if (this.end !== undefined)
      throw new Error(`writing: the text ${this.end === 'stop' ? 'was ended' : 'fills the model'}; take something back first`)
    const wrong = list.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary)
    if (wrong !== undefined) throw new RangeError(`writing: ${wrong} is no token; the model has 0 to ${vocabulary - 1}`)
    if (list.slice(0, -1).some((id) => this.#stopIds.has(id)))
      throw new RangeError('writing: nothing can come after a token that ends the text')
    if (this.#tokens.length + list.length > positions)
      throw new RangeError(`writing: ${this.#tokens.length} tokens and ${list.length} more, the model has ${positions} positions`)
  }

  #newStream(): TextStream {
    const before = this.#tokens.slice(0, this.given).map(({ id }) => id)
    return new TextStream(this.#writer.tokenizer?.decodeStream(), [], before)
  }

  /** The token with the part of the text that it completes. */
  #spelt(id: number): Token {
    const { tokenizer } = this.#writer
    const start = this.#text.length
    this.#text += this.#stream.push(id).text
    return {
      id,
      text: pieceOf(id, tokenizer),
      start,
      end: this.#text.length,
      special: tokenizer?.isSpecial(id) ?? false,
    }
  }

  #added(id: number, said: readonly number[]): string {
    const { tokenizer } = this.#writer
    const near = said.slice(-CONTEXT)
    const before = tokenizer?.decode(near) ?? ''
    const behind = tokenizer?.decode([...near, id]) ?? ''
    const added = behind.startsWith(before) ? behind.slice(before.length) : ''
    return added === '' || added.includes('\ufffd') ? wordOf(id, tokenizer) : added
  }

  /** What waited for the rest of a character may have to wait again. */
  #respell(): void {
    this.#text = this.#beginning
    this.#stream = this.#newStream()
    const written = this.#tokens.splice(this.given)
    for (const { id } of written) this.#tokens.push(this.#spelt(id))
  }

  #alive(operation: string): void {
    if (this.#disposed) throw new Error(`writing: ${operation} was asked for after dispose()`)
  }
}
