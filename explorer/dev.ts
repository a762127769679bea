/**
 * The page while it is being worked on: `node explorer/dev.ts --model DIR [--port N]` serves the sources with live reload and the
 * model's folder under /model/.
 */

import { createReadStream, statSync } from 'node:fs'
import { basename, join, normalize, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer, type Plugin } from 'vite'

const { values } = parseArgs({ options: { model: { type: 'string' }, port: { type: 'string', default: '5173' } } })
if (!values.model) {
  console.error('explorer/dev.ts: name a model folder, as in --model path/to/all-MiniLM-L6-v2')
  process.exit(2)
}

const server = await createServer({
  configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
  plugins: [modelFolder(resolve(values.model))],
  server: { host: '127.0.0.1', port: Number(values.port) },
})
await server.listen()
server.printUrls()

function modelFolder(folder: string): Plugin {
  return {
    name: 'regard-model-folder',
    configureServer({ middlewares }) {
      middlewares.use('/model', (request, response) => {
        const name = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname)
        if (name === '/index.json') return response.end(JSON.stringify({ name: basename(folder) }))
        const path = join(folder, normalize(name))
        const file = path.startsWith(folder + sep) ? statSync(path, { throwIfNoEntry: false }) : undefined
        if (!file?.isFile()) {
          response.statusCode = 404
          return response.end()
        }
        response.setHeader('Content-Type', path.endsWith('.json') ? 'application/json' : 'application/octet-stream')
        response.setHeader('Content-Length', file.size)
        createReadStream(path).pipe(response)
      })
    },
  }
}
