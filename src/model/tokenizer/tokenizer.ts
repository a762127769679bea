/**
 * A tokenizer from a tokenizer.json: text to tokens, each with the range of the text that it stands for, and back. Ids and offsets
 * equal those of the Rust crate `tokenizers` (offsets here count UTF-16 units, as JavaScript strings do). Nothing is cut off or
 * padded: the file's own truncation and padding are left out, and what is too long is the model's to refuse.
 *
 *     text → added tokens cut out → normalised → words → pieces → [CLS] … [SEP]
 */

import { check } from '../check.ts'
import { type AddedToken, addTokens, extract, type Finder, finder } from './added-tokens.ts'
import { Aligned } from './aligned.ts'
import { type ChatMessage, type ChatOptions, ChatTemplates } from './chat-template.ts'
import { type DecodeStream, decodeStream } from './decode-stream.ts'
import { buildDecoder, type Decoder } from './decoders.ts'
import { buildModel, type TokenModel } from './models.ts'
import { buildNormalizer, type Normalizer } from './normalizers.ts'
import { BARE, buildPostProcessor, type PostProcessor, type Slot, type Template, trimmed } from './post-processors.ts'
import { buildPreTokenizer, type PreTokenizer } from './pre-tokenizers.ts'
import { tokenizerFile } from './schema.ts'

/** A token of a text. */
export interface Token {
  readonly id: number
  /** As the vocabulary writes it ("##ing"). */
  readonly text: string
  /** It stands for text.slice(start, end), in UTF-16 units; special tokens stand for nothing: both are 0. */
  readonly start: number
  readonly end: number
  /** Put there by the model's format ([CLS], [SEP], padding), not by the text. A [MASK] that the text holds is not special. */
  readonly special: boolean
}

/** Text as a model takes it; the lists are equally long. */
export interface Encoding {
  readonly tokens: readonly Token[]
  readonly ids: readonly number[]
  /** Which text each token belongs to, as the model counts them: 0, or 1 for the second of a pair. */
  readonly typeIds: readonly number[]
}

export interface DecodeOptions {
  /** Leaves out the tokens that the file calls special. Default false. */
  readonly skipSpecial?: boolean
}

export class Tokenizer {
  readonly #model: TokenModel
  readonly #normalize: Normalizer
  readonly #cut: PreTokenizer
  readonly #post: PostProcessor
  readonly #template: Template
  readonly #decode: Decoder
  readonly #plain: Finder
  readonly #normalized: Finder
  readonly #added: ReadonlyMap<number, AddedToken>
  readonly #addedIds: ReadonlyMap<string, number>
  readonly #texts = new Map<number, string>()
  readonly #around: ReadonlySet<number>
  readonly #chat: ChatTemplates

  /**
   * `json`: the parsed file; `label`: what messages call it; `chat`: how conversations are written (see `readTokenizer`). Throws one
   * line if the file is broken or asks for what is not here.
   */
  constructor(json: unknown, label = 'tokenizer.json', chat = new ChatTemplates(undefined)) {
    const file = check(tokenizerFile, json, label)
    this.#model = buildModel(file.model, label)
    this.#normalize = file.normalizer ? buildNormalizer(file.normalizer, label) : (text) => text
    this.#cut = file.pre_tokenizer ? buildPreTokenizer(file.pre_tokenizer, label) : (text) => [text]
    this.#post = file.post_processor ? buildPostProcessor(file.post_processor, label) : { trims: [] }
    this.#template = this.#post.template ?? BARE
    this.#decode = file.decoder ? buildDecoder(file.decoder, label) : (tokens) => [tokens.join(' ')]
    this.#added = addTokens(file.added_tokens ?? [], this.#model.ids, this.#normalize)
    const added = [...this.#added.values()]
    this.#plain = finder(added.filter((token) => !token.normalized))
    this.#normalized = finder(added.filter((token) => token.normalized))
    this.#addedIds = new Map(added.map((token) => [token.content, token.id]))
    for (const [text, id] of [...this.#model.ids, ...this.#addedIds]) this.#texts.set(id, text)
    this.#around = new Set(this.#template.pair.concat(this.#template.single).flatMap((slot) => ('id' in slot ? [slot.id] : [])))
    this.#chat = chat
  }

  /** How many ids there are: one more than the largest. */
  get vocabulary(): number {
    let largest = -1
    for (const id of this.#texts.keys()) largest = Math.max(largest, id)
    return largest + 1
  }

  tokenToId(text: string): number | undefined {
    return this.#addedIds.get(text) ?? this.#model.ids.get(text)
  }

  /** As the vocabulary writes it; undefined for an id that it does not have. */
  idToToken(id: number): string | undefined {
    return this.#texts.get(id)
  }

  /** Is this one of the tokens that the format puts around every text? */
  isSpecial(id: number): boolean {
    return this.#around.has(id)
  }

  /** The tokens of a text, or of a pair of texts, with what the format puts around them (`special: false` leaves that out). */
  encode(text: string, options: { pair?: string; special?: boolean } = {}): Encoding {
    const { pair, special = true } = options
    const texts = [this.#pieces(text), pair === undefined ? [] : this.#pieces(pair)]
    const tokens: Token[] = []
    const typeIds: number[] = []
    for (const slot of pair === undefined ? this.#template.single : this.#template.pair) {
      if ('id' in slot && !special) continue
      const made = 'sequence' in slot ? texts[slot.sequence]! : [this.#specialToken(slot)]
      for (const token of made) {
        tokens.push(token)
        typeIds.push(slot.typeId)
      }
    }
    return { tokens, ids: tokens.map((token) => token.id), typeIds }
  }

  /** The text that tokens stand for, as far as the vocabulary keeps it. Ids that it does not have are left out. */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const tokens: string[] = []
    for (const id of ids) {
      const added = this.#added.get(id)
      const token = added?.written ?? this.#texts.get(id)
      if (token !== undefined && !(options.skipSpecial && added?.special && added.written === added.content)) tokens.push(token)
    }
    return this.#decode(tokens).join('')
  }

  /** Decodes tokens as they come. Together the pieces are what `decode` gives for all of them. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return decodeStream((ids) => this.decode(ids, options))
  }

  /**
   * A conversation as the model was trained to read it, by the template that came with it. Encode the result with
   * `special: false`: it holds the special tokens already.
   */
  async applyChatTemplate(messages: readonly ChatMessage[], options: ChatOptions = {}): Promise<string> {
    return this.#chat.render(messages, options)
  }

  #specialToken(slot: Extract<Slot, { id: number }>): Token {
    return { id: slot.id, text: this.#texts.get(slot.id) ?? '', start: 0, end: 0, special: true }
  }

  #pieces(text: string): Token[] {
    const tokens: Token[] = []
    const push = (id: number, range: [number, number], written: string): void => {
      for (const trim of this.#post.trims) range = trimmed(text, written, range, tokens.length === 0, trim)
      tokens.push({ id, text: this.#texts.get(id)!, start: range[0], end: range[1], special: false })
    }
    for (const part of extract(Aligned.of(text), this.#plain, this.#normalize, this.#normalized)) {
      if (part.id !== undefined) {
        push(part.id, part.text.original(0, part.text.text.length), part.text.text)
        continue
      }
      for (const word of this.#cut(part.text))
        for (const { id, start, end } of this.#model.tokenize(word.text)) push(id, word.original(start, end), this.#texts.get(id)!)
    }
    return tokens
  }
}
