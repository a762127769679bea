/** Opens the model and says what runs. */

import { init } from 'regard'
import type { Answers } from '../desk.ts'

export const openAnswers: Answers<'open'> = {
  async open(desk, { address }, progress) {
    const engine = await init()
    const { name, folder } = await listed(address)
    const model = await desk.load(folder ?? address, progress)
    const { layers, heads } = model.config
    return {
      model: { name: name ?? model.name, layers, heads },
      engine: { line: String(engine), notes: [...engine.notes] },
    }
  },
}

/** What the host says of the model at an address: what it is called, and where its files lie, if not there. */
interface Listed {
  readonly name?: string
  readonly folder?: string
}

/** Names of embedded models are no addresses: nobody is asked. */
async function listed(address: string): Promise<Listed> {
  if (!URL.canParse(address)) return {}
  const listing: unknown = await fetch(new URL('index.json', address))
    .then((reply) => (reply.ok ? reply.json() : undefined))
    .catch(() => undefined)
  const { name, folder } = (listing ?? {}) as { name?: unknown; folder?: unknown }
  return {
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof folder === 'string' && URL.canParse(folder, address) && { folder: new URL(folder, address).href }),
  }
}
