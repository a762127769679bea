/** Opens the model and says what runs. */

import { init } from 'regard'
import type { Model } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { OpenModel } from '../protocol.ts'

export const openAnswers: Answers<'open'> = {
  async open(desk, { source, name }, progress) {
    const engine = await init()
    const model = await desk.load(source, progress)
    if (!model.tokenizer) throw new Error('it has no tokenizer.json, so it cannot read a text')
    return { model: described(model, name), engine: { line: String(engine), notes: [...engine.notes] } }
  },
}

function described({ config, network }: Model, name: string): OpenModel {
  const { family, kind, layers, heads, positions, decoder } = config
  const writes = network.decoder !== undefined && network.logits !== undefined
  return {
    name,
    family,
    kind,
    writes,
    layers,
    heads,
    positions,
    ...(decoder && { decoder: { layers: decoder.layers, heads: decoder.heads } }),
  }
}
