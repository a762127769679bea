/** Options that commands share, and how their values are read. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { WEIGHT_TYPES } from '../model/held.ts'

export const MODEL = [
  '--model <folder|id>',
  'an embedded model (encoder, decoder, translator), a folder with config.json, tokenizer.json and model.safetensors, or org/name on the Hugging Face hub',
] as const

/** The model and what its weights are held in. */
export function withModel(command: Command): Command {
  const dtype = new Option('--dtype <type>', 'hold the weights in this type (default: as stored; int8 takes least)')
  return command.option(...MODEL).addOption(dtype.choices(WEIGHT_TYPES))
}

export const EDITS = [
  '--edits <json|file>',
  'do this to the model meanwhile: an edit, or a list of them, as JSON or in a file (docs/lens/edit.md)',
] as const

/** Where the numbers of a measurement go. `drawn`: what the picture is of. */
export function withOutput(command: Command, drawn: string): Command {
  return command
    .option('--json', 'print the numbers as JSON (described in docs/lens)')
    .option('--csv', 'print the numbers as a table of comma-separated values')
    .option('--svg <file>', `save a picture of ${drawn}`)
    .option('--png <file>', 'the same as pixels')
}

export function integer(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.')
  return Number(text)
}

export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

export function head(text: string): number | 'mean' {
  if (text === 'mean') return text
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0, or "mean".')
  return Number(text)
}
