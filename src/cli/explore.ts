/** `regard explore`: serves the explorer and the model until Ctrl-C. */

import { resolve } from 'node:path'
import { hubSettings } from '../model/hub/settings.ts'
import { EMBEDDED, fetchModel, modelName } from '../model/index.ts'
import type { Console } from './console.ts'
import { requireModel } from './load.ts'
import { embeddedModel, explorerFolder } from './places.ts'
import { Problem } from './problem.ts'
import { app } from './server/app.ts'
import { type Listening, listen, USUAL_PORT } from './server/listen.ts'
import { type Offers, offerExplorer, offerModel } from './server/offered.ts'
import { paintFor } from './terminal/paint.ts'
import { wrap } from './terminal/width.ts'

export interface ExploreOptions {
  readonly model?: string | undefined
  readonly port?: number | undefined
  /** The page may have models fetched from the hub. */
  readonly hub?: boolean | undefined
}

export async function explore({ model, port, hub }: ExploreOptions, console: Console): Promise<void> {
  const server = await serve(await requireModel(model, console), port, hub)
  await announce(server, console)
}

/** Starts the server for a model's folder. `hub`: the page may have others fetched by name. */
export async function serve(folder: string, port: number | undefined, hub = false): Promise<Listening> {
  const explorer = explorerFolder()
  if (!explorer) throw new Problem('the explorer is not built; build it with `npm run explorer:build`')
  const files = await offerModel(folder)
  if (!files.has('config.json'))
    throw new Problem(`--model: ${JSON.stringify(folder)} holds no config.json, so it is not a model's folder`)
  const site = {
    explorer: await offerExplorer(explorer),
    model: { name: modelName(resolve(folder)), files, embedded: isEmbeddedFolder(folder) },
    embedded: await embeddedOffers(),
    ...(hub && { hub: { address: (await hubSettings()).endpoint, fetch: fetchModel } }),
  }
  return await listen(app(site), port)
}

function isEmbeddedFolder(folder: string): boolean {
  return EMBEDDED.some((name) => resolve(embeddedModel(name) ?? '') === resolve(folder))
}

/** The models that come with Regard and are there. */
export async function embeddedOffers(): Promise<ReadonlyMap<string, Offers>> {
  const offers = new Map<string, Offers>()
  for (const name of EMBEDDED) {
    const folder = embeddedModel(name)
    if (folder) offers.set(name, await offerModel(folder))
  }
  return offers
}

/** Says where it stands, and stays until the reader ends it. */
export async function announce(server: Listening, console: Console): Promise<void> {
  const paint = paintFor(console.screen)
  const moved = server.moved ? `port ${USUAL_PORT} is taken, so it stands at ${server.port}; ` : ''
  const lines = [
    ...wrap([{ text: 'Explore it at ' }, { text: server.address, paint: paint.strong }], console.screen.columns),
    ...wrap([{ text: `(${moved}Ctrl-C ends it)`, paint: paint.soft }], console.screen.columns),
  ]
  console.print(lines.join('\n'))
  await console.ended()
  await server.close()
}
