/** The tokenizer of a model's files. */

import { type ModelFiles, readJson } from '../files.ts'
import { type ChatSource, ChatTemplates, chatSource, templateOf } from './chat-template.ts'
import { Tokenizer } from './tokenizer.ts'

const CONFIG = 'tokenizer_config.json'
const JINJA = 'chat_template.jinja'
const TEMPLATE = 'chat_template.json'

/** From tokenizer.json; undefined if there is none. What only conversations need is read when the first one is written. */
export async function readTokenizer(files: ModelFiles): Promise<Tokenizer | undefined> {
  const json = await readJson(files, 'tokenizer.json')
  if (json === undefined) return undefined
  return new Tokenizer(json, files.label('tokenizer.json'), new ChatTemplates(() => readChat(files)))
}

async function readChat(files: ModelFiles): Promise<ChatSource> {
  const config = await readJson(files, CONFIG)
  const alone = (await readText(files, JINJA)) ?? (await readTemplate(files))
  return chatSource(config, files.label(CONFIG), alone)
}

async function readTemplate(files: ModelFiles): Promise<string | undefined> {
  const json = await readJson(files, TEMPLATE)
  return json === undefined ? undefined : templateOf(json, files.label(TEMPLATE))
}

async function readText(files: ModelFiles, path: string): Promise<string | undefined> {
  const source = await files.open(path)
  if (!source) return undefined
  try {
    if (source.size > 2 ** 22) throw new Error(`${source.name}: ${source.size} bytes is too large for a chat template`)
    return new TextDecoder('utf-8').decode(await source.read(0, source.size))
  } finally {
    await source.close()
  }
}
