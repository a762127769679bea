/** What can be done to a run from the page: edits as plain data, and what each is called. */

import type { EditData } from '../engine/questions/question.ts'
import type { Picture } from '../state/picture.ts'
import { fullName } from '../words/name.ts'
import { questionStrings as say } from './strings.ts'

/** Something the reader can do to what is selected. */
export interface Deed {
  readonly name: string
  readonly edit: EditData
}

/** The mean of a layer's heads stands for all of them. */
const headOf = ({ layer, head }: Picture): EditData => (head === 'mean' ? { layer } : { layer, head })

export function deedsOn(picture: Picture, heads: number): Deed[] {
  const { labels, token, column } = picture
  const [from, to] = [fullName(labels, token), fullName(labels, column)]
  const where = say.where(picture.layer, picture.head, heads)
  const here = headOf(picture)
  return [
    { name: say.cutHere(from, to, where), edit: { cut: 'edge', from: token, to: column, ...here } },
    { name: say.cutEverywhere(from, to), edit: { cut: 'edge', from: token, to: column } },
    { name: say.silenceHead(where), edit: { ablate: 'head', ...here } },
    { name: say.flatten(where), edit: { pattern: 'flatten', ...here } },
    { name: say.hide(to), edit: { silence: column } },
    { name: say.removePositions, edit: { positions: 'remove' } },
    { name: say.shufflePositions, edit: { positions: 'shuffle' } },
    { name: say.shared, edit: { projections: 'shared' } },
  ]
}

/** What an edit does, in words; tokens by the names that they had when the text was read. */
export function nameOfEdit(edit: EditData, labels: readonly string[], heads: number): string {
  const token = (where: unknown): string =>
    typeof where === 'number' && labels[where] !== undefined ? fullName(labels, where) : JSON.stringify(where)
  const where = say.whereOf(edit.layer, edit.head, heads)
  if (edit.cut === 'edge') return say.didCut(token(edit.from), token(edit.to), where)
  if (edit.ablate === 'head') return say.didSilenceHead(where)
  if (edit.pattern === 'flatten') return say.didFlatten(where)
  if ('silence' in edit) return say.didHide(token(edit.silence))
  if ('swap' in edit) return say.didSwap(token(edit.swap), String(edit.with))
  if (edit.positions === 'remove') return say.didRemovePositions
  if (edit.positions === 'shuffle') return say.didShufflePositions
  if (edit.projections === 'shared') return say.didShare
  return JSON.stringify(edit)
}

/** Does this list silence that head as a whole? */
export function silences(edits: readonly EditData[], layer: number, head: number): EditData | undefined {
  return edits.find((edit) => edit.ablate === 'head' && edit.layer === layer && (edit.head === undefined || edit.head === head))
}

/** The field of the address; undefined for none. */
export function format(edits: readonly EditData[]): string | undefined {
  return edits.length > 0 ? JSON.stringify(edits) : undefined
}

/** What cannot be read is none: the library checks the rest. */
export function parse(field: string | undefined): EditData[] {
  if (field === undefined) return []
  try {
    const list: unknown = JSON.parse(field)
    return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null && !Array.isArray(each)) : []
  } catch {
    return []
  }
}
