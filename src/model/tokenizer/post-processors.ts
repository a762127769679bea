/** What stands around the text: [CLS] before it, [SEP] after it, and which segment each token belongs to. */

import { check } from '../check.ts'
import { clsAndSep, type Step, sequenceOf, templateProcessing } from './schema.ts'

/** A special token, or the place of a text (0: the first, 1: the second of a pair). */
export type Slot = { readonly id: number; readonly typeId: number } | { readonly sequence: 0 | 1; readonly typeId: number }

export interface Template {
  readonly single: readonly Slot[]
  readonly pair: readonly Slot[]
}

const text = (sequence: 0 | 1, typeId: number): Slot => ({ sequence, typeId })

/** Without a post-processor the text stands alone. */
export const BARE: Template = { single: [text(0, 0)], pair: [text(0, 0), text(1, 1)] }

const BUILDERS: Record<string, (step: Step, label: string) => Template> = {
  TemplateProcessing: buildTemplate,
  BertProcessing: (step, label) => {
    const { cls, sep } = check(clsAndSep, step, `${label}: post_processor`)
    const [open, close] = [
      { id: cls[1], typeId: 0 },
      { id: sep[1], typeId: 0 },
    ]
    return { single: [open, text(0, 0), close], pair: [open, text(0, 0), close, text(1, 1), { ...close, typeId: 1 }] }
  },
  RobertaProcessing: (step, label) => {
    const { cls, sep } = check(clsAndSep, step, `${label}: post_processor`)
    const [open, close] = [
      { id: cls[1], typeId: 0 },
      { id: sep[1], typeId: 0 },
    ]
    return { single: [open, text(0, 0), close], pair: [open, text(0, 0), close, close, text(1, 0), close] }
  },
  Sequence: (step, label) => {
    const steps = check(sequenceOf('processors'), step, label).processors
    if (steps.length !== 1) throw new Error(`${label}: post_processor: a Sequence of ${steps.length} is not supported; one step is`)
    return buildTemplateOf(steps[0]!, label)
  },
}

/** Throws one line for a type that Regard does not have. */
export function buildTemplateOf(step: Step, label: string): Template {
  const build = Object.hasOwn(BUILDERS, step.type) ? BUILDERS[step.type] : undefined
  if (!build)
    throw new Error(
      `${label}: post_processor ${JSON.stringify(step.type)} is not supported; ${Object.keys(BUILDERS).join(', ')} are`,
    )
  return build(step, label)
}

type Piece = ReturnType<typeof templateProcessing.parse>['single'][number]

function buildTemplate(step: Step, label: string): Template {
  const { single, pair, special_tokens: special } = check(templateProcessing, step, `${label}: post_processor`)
  const slots = (piece: Piece): Slot[] => {
    if ('Sequence' in piece) return [text(piece.Sequence.id === 'A' ? 0 : 1, piece.Sequence.type_id)]
    const { id: name, type_id: typeId } = piece.SpecialToken
    const token = Object.hasOwn(special, name) ? special[name] : undefined
    if (!token)
      throw new Error(`${label}: post_processor: the template uses ${JSON.stringify(name)}, special_tokens does not have it`)
    return token.ids.map((id) => ({ id, typeId }))
  }
  return { single: single.flatMap(slots), pair: pair.flatMap(slots) }
}
