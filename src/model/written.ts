/** What a decoder has written: from a text to the ids it reads it as, and from ids to tokens with their places in the text. */

import type { ModelConfig } from './config.ts'
import type { AnsweredText } from './input.ts'
import type { Token, Tokenizer } from './tokenizer/tokenizer.ts'
import { pieceOf } from './tokenizer/word.ts'

/** A token by its id alone. */
export function tokenOf(id: number, config: ModelConfig, tokenizer: Tokenizer | undefined): Token {
  const special = tokenizer?.isSpecial(id) ?? false
  return {
    id,
    text: pieceOf(id, tokenizer),
    start: 0,
    end: 0,
    special: special || (tokenizer !== undefined && id === config.padId),
  }
}

/** The ids a decoder reads when it has written `target`: the one it begins with, then those of the target, without the end. */
export function begun(
  target: NonNullable<AnsweredText['target']>,
  { decoder, family }: ModelConfig,
  tokenizer: Tokenizer | undefined,
): number[] {
  if (!decoder) throw new TypeError(`run: ${family} is no encoder–decoder, so it takes no target`)
  if (typeof target !== 'string') return [decoder.startId, ...target]
  if (!tokenizer) throw new Error('run: this model has no tokenizer.json, so target must be ids')
  const { tokens } = tokenizer.encode(target)
  const last = tokens.findLastIndex(({ special }) => !special)
  const ids = tokens.slice(0, last + 1).map(({ id }) => id)
  return [decoder.startId, ...asWritten(ids, target, tokenizer)]
}

/** A token for the space that some formats put before a text is left out where the text would be written without one. */
function asWritten(ids: readonly number[], target: string, tokenizer: Tokenizer): readonly number[] {
  const text = (list: readonly number[]): string => tokenizer.decode(list, { skipSpecial: true })
  const rest = ids.slice(1)
  return text(ids) === ` ${text(rest)}` && text(ids) !== target ? rest : ids
}

/**
 * The tokens and the text that they write. A character of several tokens is the place of each of them. The id that writing begins with, and
 * whatever else writes nothing, is special.
 */
export function writtenTokens(
  ids: readonly number[],
  config: ModelConfig,
  tokenizer: Tokenizer | undefined,
): { tokens: readonly Token[]; text: string | undefined } {
  const plain = ids.map((id) => tokenOf(id, config, tokenizer))
  if (!tokenizer) return { tokens: plain, text: undefined }
  const stream = tokenizer.decodeStream({ skipSpecial: true })
  const tokens: Token[] = []
  let text = ''
  let waiting: Token[] = []
  const place = (piece: string): void => {
    tokens.push(...waiting.map((token) => ({ ...token, start: text.length, end: text.length + piece.length })))
    text += piece
    waiting = []
  }
  for (const [n, token] of plain.entries()) {
    if (isSilent(token, n, config, tokenizer)) {
      place(waiting.length > 0 ? stream.end() : '')
      tokens.push({ ...token, special: true })
      continue
    }
    waiting.push(token)
    const piece = stream.push(token.id)
    if (piece !== '') place(piece)
  }
  place(stream.end())
  return { tokens, text }
}

function isSilent({ id, special }: Token, n: number, { decoder }: ModelConfig, tokenizer: Tokenizer): boolean {
  if (special || (n === 0 && id === decoder?.startId)) return true
  return tokenizer.decode([id], { skipSpecial: true }) === '' && tokenizer.decode([id]) !== ''
}
