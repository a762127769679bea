/**
 * The embedded models are no part of the bundle: the site keeps them in models/ as they are, once for all that reads them, and
 * model/index.json lists them, the one that opens first. A host may put the name and the folder of another model there.
 */

import { cpSync, createReadStream, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join, normalize, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connect, Plugin } from 'vite'

export const MODELS = fileURLToPath(new URL('../models/', import.meta.url))
/** The first of these that is there opens. */
const ORDER = ['encoder', 'decoder', 'translator']
/** What is fetched to read with one of them. */
const READ = ['config.json', 'tokenizer.json', 'seen.json', 'model.safetensors']

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
      const [first, ...others] = embeddedListing()
      for (const { name } of [first, ...others].filter((each) => each !== undefined))
        cpSync(join(MODELS, name), join(site, 'models', name), { recursive: true })
      if (!first) return
      mkdirSync(join(site, 'model'), { recursive: true })
      writeFileSync(join(site, 'model', 'index.json'), `${JSON.stringify({ ...first, others, ...allowedHub() }, null, 2)}\n`)
    },
    configureServer: ({ middlewares }) => {
      middlewares.use('/models', folderOver(MODELS))
    },
  }
}

/** REGARD_HUB is the address of the hub that the pages of the site may open models of; without it there is none. */
function allowedHub(): { hub?: { address: string } } {
  const address = process.env.REGARD_HUB
  if (!address) return {}
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address))
    throw new Error(`REGARD_HUB must be an http: or https: address, got ${JSON.stringify(address)}`)
  return { hub: { address: address.replace(/\/+$/, '') } }
}

/** As model/index.json lists those that are there. */
export function embeddedListing(): { name: string; folder: string; bytes: number; embedded: true }[] {
  const size = (name: string, file: string): number => statSync(join(MODELS, name, file), { throwIfNoEntry: false })?.size ?? 0
  return ORDER.filter((name) => existsSync(join(MODELS, name, 'config.json'))).map((name) => ({
    name,
    folder: `../models/${name}/`,
    bytes: READ.reduce((sum, file) => sum + size(name, file), 0),
    embedded: true,
  }))
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
