/**
 * A tokenizer from a tokenizer.json: text to tokens, each with the range of the text that it stands for. Ids and offsets equal
 * those of the Rust crate `tokenizers` (offsets here count UTF-16 units, as JavaScript strings do). Nothing is cut off or
 * padded: the file's own truncation and padding are left out, and what is too long is the model's to refuse.
 *
 *     text → added tokens cut out → normalised → words → pieces → [CLS] … [SEP]
 */

import { check } from '../check.ts'
import { extract, type Finder, finder } from './added-tokens.ts'
import { Aligned } from './aligned.ts'
import { buildNormalizer, type Normalizer } from './normalizers.ts'
import { BARE, buildTemplateOf, type Slot, type Template } from './post-processors.ts'
import { buildPreTokenizer, type PreTokenizer } from './pre-tokenizers.ts'
import { tokenizerFile } from './schema.ts'
import { buildWordPiece } from './wordpiece.ts'

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

/** A piece of a word; start and end count UTF-16 units of the normalised word. */
export interface WordToken {
  readonly id: number
  readonly start: number
  readonly end: number
}

/** What cuts words into pieces. */
export interface TokenModel {
  readonly ids: ReadonlyMap<string, number>
  tokenize(word: string): WordToken[]
}

const MODELS: Record<string, (json: unknown, label: string) => TokenModel> = { WordPiece: buildWordPiece }

export class Tokenizer {
  readonly #model: TokenModel
  readonly #normalize: Normalizer
  readonly #cut: PreTokenizer
  readonly #template: Template
  readonly #plain: Finder
  readonly #normalized: Finder
  readonly #added: ReadonlyMap<string, number>
  readonly #texts = new Map<number, string>()
  readonly #around: ReadonlySet<number>

  /** `json`: the parsed file; `label`: what messages call it. Throws one line if the file is broken or asks for what is not here. */
  constructor(json: unknown, label = 'tokenizer.json') {
    const file = check(tokenizerFile, json, label)
    this.#model = buildModel(file.model, label)
    this.#normalize = file.normalizer ? buildNormalizer(file.normalizer, label) : (text) => text
    this.#cut = file.pre_tokenizer ? buildPreTokenizer(file.pre_tokenizer, label) : (text) => [text]
    this.#template = file.post_processor ? buildTemplateOf(file.post_processor, label) : BARE
    const added = file.added_tokens ?? []
    this.#plain = finder(added.filter((token) => !token.normalized))
    this.#normalized = finder(
      added.filter((token) => token.normalized),
      (content) => this.#normalize(Aligned.of(content)).text,
    )
    this.#added = new Map(added.map((token) => [token.content, token.id]))
    for (const [text, id] of [...this.#model.ids, ...this.#added]) this.#texts.set(id, text)
    this.#around = new Set(this.#template.pair.concat(this.#template.single).flatMap((slot) => ('id' in slot ? [slot.id] : [])))
  }

  /** How many ids there are: one more than the largest. */
  get vocabulary(): number {
    let largest = -1
    for (const id of this.#texts.keys()) largest = Math.max(largest, id)
    return largest + 1
  }

  tokenToId(text: string): number | undefined {
    return this.#added.get(text) ?? this.#model.ids.get(text)
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
    const template = special ? this.#template : BARE
    const texts = [this.#pieces(text), pair === undefined ? [] : this.#pieces(pair)]
    const tokens: Token[] = []
    const typeIds: number[] = []
    for (const slot of pair === undefined ? template.single : template.pair) {
      const made = 'sequence' in slot ? texts[slot.sequence]! : [this.#specialToken(slot)]
      for (const token of made) {
        tokens.push(token)
        typeIds.push(slot.typeId)
      }
    }
    return { tokens, ids: tokens.map((token) => token.id), typeIds }
  }

  #specialToken(slot: Extract<Slot, { id: number }>): Token {
    return { id: slot.id, text: this.#texts.get(slot.id) ?? '', start: 0, end: 0, special: true }
  }

  #pieces(text: string): Token[] {
    const tokens: Token[] = []
    const push = (id: number, [start, end]: [number, number]): void => {
      tokens.push({ id, text: this.#texts.get(id)!, start, end, special: false })
    }
    for (const part of extract(Aligned.of(text), this.#plain, this.#normalize, this.#normalized)) {
      if (part.id !== undefined) {
        push(part.id, part.text.original(0, part.text.text.length))
        continue
      }
      for (const word of this.#cut(part.text))
        for (const { id, start, end } of this.#model.tokenize(word.text)) push(id, word.original(start, end))
    }
    return tokens
  }
}

function buildModel(json: { type?: string | undefined }, label: string): TokenModel {
  const type = json.type ?? 'unnamed'
  const build = Object.hasOwn(MODELS, type) ? MODELS[type] : undefined
  if (!build) throw new Error(`${label}: model ${JSON.stringify(type)} is not supported; ${Object.keys(MODELS).join(', ')} is`)
  return build(json, label)
}
