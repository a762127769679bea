/** What is asked: a model, and one text as it reads it. */

import type { Where } from '../../model/edit/edit.ts'
import type { SubjectParts } from '../../model/edit/subject.ts'
import { type AttentionKind, type Model, Run, type Token, type Tokenizer } from '../../model/index.ts'
import { type ModelInput, type Prepared, prepare, type Side } from '../../model/input.ts'
import { type Half, kindsOf } from '../../model/kinds.ts'
import { Recorder, Recording } from '../../model/recording.ts'
import { tokensAt } from '../edit/where.ts'
import type { Reader } from './pass.ts'

export type { Half } from '../../model/kinds.ts'

export interface Subject extends Reader {
  readonly tokenizer: Tokenizer | undefined
  readonly input: ModelInput
  readonly prepared: Prepared
  /** Reads without edits, for edits that take something from another run. */
  readonly read: SubjectParts['read']
}

/** Throws for more than one text. */
export function subjectOf(model: Model, input: ModelInput): Subject {
  const { config, network, tokenizer, sentence } = model
  const prepared = prepare(input, config, tokenizer)
  if (prepared.ids.length !== 1)
    throw new RangeError(`effect: takes one text at a time, got ${prepared.ids.length}; call it for each`)
  return reading({ config, network, sentence, tokenizer, input }, prepared)
}

/** The same model, about to read this. */
export function reading(model: Omit<Subject, 'prepared' | 'read'>, prepared: Prepared): Subject {
  const { config, network, tokenizer } = model
  const read: Subject['read'] = async (other) => {
    const recorder = new Recorder()
    const text = other === undefined ? prepared : prepare(other, config, tokenizer)
    return new Recording(new Run({ config, network, sentence: undefined }, text, { hooks: recorder }), recorder)
  }
  return { ...model, prepared, read }
}

/** What is meant where nobody says: the half that reads, and its look at itself. */
export const firstHalf = ({ network }: Pick<Reader, 'network'>): Half => (network.encoder ? 'encoder' : 'decoder')

export const firstKind = ({ config }: Pick<Reader, 'config'>): AttentionKind => kindsOf(config)[0]

export function tokensOf(subject: Subject, half: Half): readonly Token[] {
  return sideOf(subject.prepared, half).tokens[0]!
}

/** What stands there: as the text has it, or as the vocabulary writes it. */
export function wordAt(subject: Subject, half: Half, index: number): string {
  const { text, start, end } = tokensOf(subject, half)[index]!
  const whole = textOf(subject, half)
  return whole !== undefined && end > start ? whole.slice(start, end).trim() : text
}

/** The tokens that are meant, in order. Throws for what is not there. */
export function placesOf(subject: Subject, half: Half, where: Where): readonly number[] {
  return tokensAt(where, { tokens: tokensOf(subject, half), text: textOf(subject, half) }, 'effect')
}

/** The same text with the mask where token `place` was. */
export function masked(subject: Subject, place: number): Subject {
  const mask = ['[MASK]', '<mask>'].map((name) => subject.tokenizer?.tokenToId(name)).find((id) => id !== undefined)
  if (mask === undefined)
    throw new Error(`effect: restored needs a model with a mask, and ${subject.config.family} has none in its vocabulary`)
  const { prepared } = subject
  const ids = [prepared.ids[0]!.with(place, mask)]
  return reading({ ...subject, input: { inputIds: ids } }, { ...prepared, ids })
}

function textOf({ prepared }: Subject, half: Half): string | undefined {
  return sideOf(prepared, half).texts?.[0]
}

function sideOf(prepared: Prepared, half: Half): Side {
  return (half === 'decoder' && prepared.decoder) || prepared
}
