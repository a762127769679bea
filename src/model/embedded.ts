/**
 * The models that come with the package: small ones, which Regard trained itself (models/README.md). Each file's address is written out
 * beside `import.meta.url`, because that is what bundlers look for: they take the files along and put their own addresses here.
 */

import type { ModelFiles } from './inside.ts'
import { urlSource } from './source.ts'

export type EmbeddedName = 'encoder' | 'decoder' | 'translator'

type Addresses = Readonly<Record<string, () => URL>>

const ADDRESSES: Readonly<Record<EmbeddedName, Addresses>> = {
  encoder: {
    'config.json': () => new URL('../../models/encoder/config.json', import.meta.url),
    'tokenizer.json': () => new URL('../../models/encoder/tokenizer.json', import.meta.url),
    'seen.json': () => new URL('../../models/encoder/seen.json', import.meta.url),
    'model.safetensors': () => new URL('../../models/encoder/model.safetensors', import.meta.url),
  },
  decoder: {
    'config.json': () => new URL('../../models/decoder/config.json', import.meta.url),
    'tokenizer.json': () => new URL('../../models/decoder/tokenizer.json', import.meta.url),
    'seen.json': () => new URL('../../models/decoder/seen.json', import.meta.url),
    'model.safetensors': () => new URL('../../models/decoder/model.safetensors', import.meta.url),
  },
  translator: {
    'config.json': () => new URL('../../models/translator/config.json', import.meta.url),
    'tokenizer.json': () => new URL('../../models/translator/tokenizer.json', import.meta.url),
    'seen.json': () => new URL('../../models/translator/seen.json', import.meta.url),
    'model.safetensors': () => new URL('../../models/translator/model.safetensors', import.meta.url),
  },
}

/** What `loadModel` reads when nobody names a model. */
export const DEFAULT_MODEL: EmbeddedName = 'encoder'
export const EMBEDDED = Object.keys(ADDRESSES) as readonly EmbeddedName[]

export function isEmbedded(name: string): name is EmbeddedName {
  return Object.hasOwn(ADDRESSES, name)
}

/** Where the package keeps an embedded model, whether or not it is there: the address of its folder. Node only: bundlers rename files. */
export function embeddedFolder(name: EmbeddedName): URL {
  return new URL('.', ADDRESSES[name]['config.json']!())
}

/** What a reader is told where it is not there. */
export function absenceOf(name: EmbeddedName): string {
  return `; the embedded ${name} is not in this copy of the package (in a checkout \`npm run train:${name}\` makes it)`
}

/** The files of an embedded model as a bundler placed them. */
export function embeddedFiles(name: EmbeddedName): ModelFiles {
  const addresses = ADDRESSES[name]
  const at = (path: string): URL | undefined => (Object.hasOwn(addresses, path) ? addresses[path]!() : undefined)
  return {
    name,
    absence: absenceOf(name),
    label: (path) => `${name}/${path}`,
    open: async (path) => {
      const url = at(path)
      return url && urlSource(url, `${name}/${path}`)
    },
    size: async () => undefined,
  }
}
