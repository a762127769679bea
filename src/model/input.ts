/** What a model can be asked to read, brought to ids and checked against the model. */

import type { ModelConfig } from './config.ts'
import type { Token, Tokenizer } from './tokenizer/tokenizer.ts'
import { begun, tokenOf, writtenTokens } from './written.ts'

/** One text, its ids, several texts, a text with what was written in answer to it, or a batch of ids. */
export type ModelInput = string | readonly number[] | Int32Array | readonly string[] | AnsweredText | BatchInput

/** Of an encoder–decoder: a text, and what it has written so far in answer. */
export interface AnsweredText {
  readonly text: string
  /** A text, or its ids without the one that writing begins with. Default: nothing yet. */
  readonly target?: string | readonly number[] | undefined
}

export interface BatchInput {
  /** One row a text; shorter rows are padded on the right. */
  readonly inputIds: readonly ArrayLike<number>[]
  /** 1: a real token; 0: padding, which nothing looks at. Default: every given id is real. */
  readonly attentionMask?: readonly ArrayLike<number>[]
  /** Which segment each token belongs to; default 0. */
  readonly tokenTypeIds?: readonly ArrayLike<number>[]
  /** What the decoder of an encoder–decoder has written so far, one row a text; default: the id it begins with. */
  readonly decoderInputIds?: readonly ArrayLike<number>[]
  readonly decoderAttentionMask?: readonly ArrayLike<number>[]
}

/** What a model is asked to read: `decoder` for encoder–decoders. */
export interface Prepared extends Side {
  readonly decoder?: Side
  /** The texts, where the input was text. */
  readonly texts: readonly (string | undefined)[]
}

/** B texts of L tokens each, padding included. */
export interface Side {
  readonly length: number
  readonly ids: readonly (readonly number[])[]
  readonly tokenTypes: readonly (readonly number[])[]
  /** 1: real; 0: padding. */
  readonly real: readonly (readonly number[])[]
  readonly tokens: readonly (readonly Token[])[]
  /** What the tokens' offsets count in. */
  readonly texts?: readonly (string | undefined)[]
}

/** Throws one line that says what is wrong and how much fits. */
export function prepare(input: ModelInput, config: ModelConfig, tokenizer: Tokenizer | undefined): Prepared {
  if (typeof input === 'string') return prepareTexts([input], config, tokenizer)
  if (input instanceof Int32Array) return prepareIds({ inputIds: [input] }, config, tokenizer)
  if (isAnswered(input)) return prepareTexts([input.text], config, tokenizer, input.target)
  if (!Array.isArray(input)) return prepareIds(input as BatchInput, config, tokenizer)
  if (input.length === 0) throw new Error('run: the input is empty; give a text or at least one id')
  if (input.every((each) => typeof each === 'string')) return prepareTexts(input, config, tokenizer)
  return prepareIds({ inputIds: [input as readonly number[]] }, config, tokenizer)
}

export const isAnswered = (input: ModelInput): input is AnsweredText =>
  typeof input === 'object' && input !== null && 'text' in input && typeof input.text === 'string'

function prepareTexts(
  texts: readonly string[],
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
  target?: AnsweredText['target'],
): Prepared {
  if (!tokenizer) throw new Error('run: this model has no tokenizer.json, so it reads ids only: run([101, …])')
  const encodings = texts.map((text) => {
    const encoding = tokenizer.encode(text)
    if (encoding.tokens.every((token) => token.special))
      throw new Error(
        text.trim() === ''
          ? 'run: the text is empty; give at least one word'
          : `run: nothing of the text ${JSON.stringify(text.slice(0, 40))} is left to read`,
      )
    return encoding
  })
  const batch = {
    inputIds: encodings.map((each) => each.ids),
    tokenTypeIds: encodings.map((each) => each.typeIds),
    ...(target !== undefined && { decoderInputIds: [begun(target, config, tokenizer)] }),
  }
  return build(
    batch,
    encodings.map((each) => each.tokens),
    texts,
    config,
    tokenizer,
  )
}

function prepareIds(input: BatchInput, config: ModelConfig, tokenizer: Tokenizer | undefined): Prepared {
  if (!Array.isArray(input?.inputIds))
    throw new TypeError('run: expected a text, a list of ids, a list of texts, { text, target } or { inputIds }')
  if (input.inputIds.length === 0) throw new Error('run: inputIds is empty; give at least one row')
  return build(input, undefined, [], config, tokenizer)
}

function build(
  batch: BatchInput,
  encoded: readonly (readonly Token[])[] | undefined,
  texts: readonly string[],
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): Prepared {
  const { inputIds, attentionMask, tokenTypeIds } = batch
  for (const [b, row] of inputIds.entries()) checkRow('inputIds', row, b, config, texts.length > 0)
  checkShape('attentionMask', attentionMask, 'inputIds', inputIds)
  checkShape('tokenTypeIds', tokenTypeIds, 'inputIds', inputIds)
  const decoder = decoderSide(batch, config, tokenizer)
  return {
    ...side({ ids: inputIds, mask: attentionMask, maskName: 'attentionMask', types: tokenTypeIds }, encoded, config, tokenizer),
    ...(decoder && { decoder }),
    texts: inputIds.map((_, b) => texts[b]),
  }
}

function decoderSide(
  { inputIds, decoderInputIds: given, decoderAttentionMask: mask }: BatchInput,
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): Side | undefined {
  const { decoder, family } = config
  if (!decoder) {
    if (given || mask) throw new TypeError(`run: ${family} is no encoder–decoder, so it takes no decoderInputIds`)
    return undefined
  }
  const ids = given ?? inputIds.map(() => [decoder.startId])
  if (ids.length !== inputIds.length)
    throw new RangeError(`run: decoderInputIds and inputIds differ in rows, got ${ids.length} and ${inputIds.length}`)
  for (const [b, row] of ids.entries()) checkRow('decoderInputIds', row, b, config, false)
  checkShape('decoderAttentionMask', mask, 'decoderInputIds', ids)
  const written = ids.map((row) => writtenTokens(Array.from(row), config, tokenizer))
  const tokens = written.map((each) => each.tokens)
  return {
    ...side({ ids, mask, maskName: 'decoderAttentionMask', types: undefined }, tokens, config, tokenizer),
    texts: written.map(({ text }) => text),
  }
}

interface Given {
  readonly ids: readonly ArrayLike<number>[]
  readonly mask: readonly ArrayLike<number>[] | undefined
  readonly maskName: string
  readonly types: readonly ArrayLike<number>[] | undefined
}

function side(
  { ids: inputIds, mask: attentionMask, maskName, types: tokenTypeIds }: Given,
  encoded: readonly (readonly Token[])[] | undefined,
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): Side {
  const length = Math.max(...inputIds.map((row) => row.length))
  const pad = (row: ArrayLike<number>, filler: number): number[] => Array.from({ length }, (_, n) => row[n] ?? filler)
  const padding: Token = { ...tokenOf(config.padId, config, tokenizer), special: true }
  const real = inputIds.map((row, b) => pad(attentionMask?.[b] ?? new Array<number>(row.length).fill(1), 0))
  checkReal(maskName, real)
  const tokenTypes = inputIds.map((row, b) => pad(tokenTypeIds?.[b] ?? new Array<number>(row.length).fill(0), 0))
  checkNumbers('tokenTypeIds', tokenTypes, config.tokenTypes, 'token types')
  const tokens = encoded ?? inputIds.map((row) => Array.from(row, (id) => tokenOf(id, config, tokenizer)))
  return {
    length,
    ids: inputIds.map((row) => pad(row, config.padId)),
    tokenTypes,
    real,
    tokens: tokens.map((row, b) =>
      Array.from({ length }, (_, n) => (real[b]![n] === 1 ? row[n]! : ((row[n] && { ...row[n], special: true }) ?? padding))),
    ),
  }
}

function checkRow(field: string, row: ArrayLike<number>, b: number, config: ModelConfig, isText: boolean): void {
  const what = isText ? 'the text' : `${field}[${b}]`
  if (row.length === 0) throw new Error(`run: ${what} is empty; give at least one id`)
  if (row.length > config.positions)
    throw new RangeError(`run: ${what} has ${row.length} tokens, the model reads at most ${config.positions}; shorten it`)
  checkNumbers(field, [row], config.vocabulary, 'ids', b)
}

/** Every number counts something: an integer from 0 up to `count` − 1. */
function checkNumbers(field: string, rows: readonly ArrayLike<number>[], count: number, what: string, firstRow = 0): void {
  for (const [b, row] of rows.entries())
    for (let n = 0; n < row.length; n++) {
      const value = row[n]!
      if (!Number.isInteger(value) || value < 0 || value >= count)
        throw new RangeError(`run: ${field}[${firstRow + b}][${n}] is ${value}, the model has ${what} 0 to ${count - 1}`)
    }
}

function checkShape(
  field: string,
  rows: readonly ArrayLike<number>[] | undefined,
  other: string,
  ids: readonly ArrayLike<number>[],
): void {
  if (rows === undefined) return
  const [got, wanted] = [rows, ids].map((list) => JSON.stringify(Array.from(list, (row) => row.length)))
  if (got !== wanted) throw new RangeError(`run: ${field} and ${other} differ in length, got rows of ${got} and ${wanted}`)
}

function checkReal(field: string, real: readonly (readonly number[])[]): void {
  for (const [b, row] of real.entries()) {
    const wrong = row.find((value) => value !== 0 && value !== 1)
    if (wrong !== undefined) throw new RangeError(`run: ${field}[${b}] holds ${wrong}; it must hold 0 and 1 alone`)
    if (!row.includes(1)) throw new RangeError(`run: ${field}[${b}] hides every token; at least one must be 1`)
  }
}
