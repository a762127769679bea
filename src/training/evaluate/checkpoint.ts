/** A training under way as something that reads: its last checkpoint, which is left as it is. */

import { Tokenizer } from '../../model/index.ts'
import { prepare } from '../../model/input.ts'
import { Run } from '../../model/run.ts'
import { readSaved } from '../saved.ts'
import type { Config } from '../shapes.ts'
import { Student } from '../student.ts'
import type { OpenReader } from './ablation.ts'

export interface Underway {
  readonly reader: OpenReader
  readonly step: number
  /** How long it has been learning. */
  readonly seconds: number
}

/** Undefined if there is no such file. The reader lives as long as the process. */
export async function readCheckpoint(path: string): Promise<Underway | undefined> {
  const saved = await readSaved(path)
  if (!saved) return undefined
  const { notes, tensors } = saved
  const tokenizer = new Tokenizer(JSON.parse(notes.tokenizer!))
  const { config: fields, seed } = JSON.parse(notes.recipe!) as { config: Config; seed: number }
  const student = new Student({ ...fields, vocab_size: tokenizer.vocabulary } as Config, seed)
  const own = 'parameter '
  for (const [key, data] of tensors) if (key.startsWith(own)) student.set(key.slice(own.length), data)
  const { config, network } = student
  const run: OpenReader['run'] = async (input) =>
    new Run({ config, network, sentence: undefined }, prepare(input, config, tokenizer))
  return { reader: { config, network, tokenizer, run }, step: Number(notes.step), seconds: Number(notes.seconds) }
}
