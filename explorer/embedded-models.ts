/**
 * The embedded models are no part of the bundle: the site keeps them in models/ as they are, once for all that reads them, and
 * model/index.json names the one that opens. A host may put the name and the folder of another model there.
 */

import { cpSync, createReadStream, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, normalize, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connect, Plugin } from 'vite'

export const MODELS = fileURLToPath(new URL('../models/', import.meta.url))
const OPENED = 'encoder'

/** For the page and its worker: asks for them beside the site's other files, which lie one folder below it. */
export function embeddedModels(): Plugin {
  return {
    name: 'regard-embedded-models',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/model\/embedded\.ts$/ },
      handler: (code) => code.replaceAll(/'\.\.\/\.\.\/(models\/[^']+)', import\.meta\.url/g, "'../$1', self.location.href"),
    },
  }
}

/** Puts them into the site when it is built, and serves them while it is being worked on. */
export function besideThePage(): Plugin {
  let site = ''
  return {
    name: 'regard-models-beside-the-page',
    configResolved: (config) => {
      site = resolve(config.root, config.build.outDir)
    },
    closeBundle: () => {
      const names = readdirSync(MODELS).filter((name) => existsSync(join(MODELS, name, 'config.json')))
      for (const name of names) cpSync(join(MODELS, name), join(site, 'models', name), { recursive: true })
      if (!names.includes(OPENED)) return
      mkdirSync(join(site, 'model'), { recursive: true })
      writeFileSync(join(site, 'model', 'index.json'), `${JSON.stringify({ name: OPENED, folder: `../models/${OPENED}/` })}\n`)
    },
    configureServer: ({ middlewares }) => {
      middlewares.use('/models', folderOver(MODELS))
    },
  }
}

/** Answers requests with the files of a folder, and of no other. */
export function folderOver(folder: string): Connect.SimpleHandleFunction {
  const root = resolve(folder)
  return (request, response) => {
    const path = join(root, normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname)))
    const file = path.startsWith(root + sep) ? statSync(path, { throwIfNoEntry: false }) : undefined
    if (!file?.isFile()) {
      response.statusCode = 404
      response.end()
      return
    }
    response.setHeader('Content-Type', path.endsWith('.json') ? 'application/json' : 'application/octet-stream')
    response.setHeader('Content-Length', file.size)
    createReadStream(path).pipe(response)
  }
}
