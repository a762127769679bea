/** Opens the model and says what runs. */

import { init } from 'regard'
import type { Answers } from '../desk.ts'

export const openAnswers: Answers<'open'> = {
  async open(desk, { address }, progress) {
    const engine = await init()
    const model = await desk.load(address, progress)
    const { layers, heads } = model.config
    return {
      model: { name: (await listedName(address)) ?? model.name, layers, heads },
      engine: { line: String(engine), notes: [...engine.notes] },
    }
  },
}

/** What the host calls the model: the address itself is the same for all. Undefined if it does not say. */
async function listedName(address: string): Promise<string | undefined> {
  const listing: unknown = await fetch(new URL('index.json', address))
    .then((reply) => (reply.ok ? reply.json() : undefined))
    .catch(() => undefined)
  const { name } = (listing ?? {}) as { name?: unknown }
  return typeof name === 'string' && name !== '' ? name : undefined
}
