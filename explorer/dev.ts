/**
 * The page while it is being worked on: `node explorer/dev.ts [--model DIR] [--port N]` serves the sources with live reload and the
 * model's folder under /model/; without one the embedded encoder's.
 */

import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer, type Plugin } from 'vite'
import { embeddedListing, folderOver, MODELS } from './embedded-models.ts'

const { values } = parseArgs({ options: { model: { type: 'string' }, port: { type: 'string', default: '5173' } } })

const server = await createServer({
  configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
  plugins: [modelFolder(resolve(values.model ?? join(MODELS, 'encoder')))],
  server: { host: '127.0.0.1', port: Number(values.port) },
})
await server.listen()
server.printUrls()

function modelFolder(folder: string): Plugin {
  return {
    name: 'regard-model-folder',
    configureServer({ middlewares }) {
      middlewares.use('/model/index.json', (_, response) => {
        const embedded = embeddedListing()
        const others = embedded.filter(({ name }) => name !== basename(folder))
        response.end(JSON.stringify({ name: basename(folder), embedded: resolve(folder, '..') === resolve(MODELS), others }))
      })
      middlewares.use('/model', folderOver(folder))
    },
  }
}
