import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { embeddedFiles, embeddedFolder } from '../../src/model/embedded.ts'
import { modelFiles } from '../../src/model/files.ts'
import { EMBEDDED, type EmbeddedName, exampleFor, loadModel } from '../../src/model/index.ts'
import { tinyBert } from '../support/tiny-bert.ts'

const here = (name: EmbeddedName): boolean => existsSync(new URL('config.json', embeddedFolder(name)))
const without = (name: EmbeddedName): string =>
  here(name) ? '' : ` (skipped: models/${name} is not there; npm run train:${name} makes it)`
const folder = await mkdtemp(join(tmpdir(), 'regard embedded '))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Does `work` in another folder. */
async function inside<T>(work: () => Promise<T>): Promise<T> {
  const before = process.cwd()
  process.chdir(folder)
  try {
    return await work()
  } finally {
    process.chdir(before)
  }
}

describe('the embedded models', () => {
  it('are three, each in a folder of its name beside src/', () => {
    expect(EMBEDDED).toEqual(['encoder', 'decoder', 'translator'])
    const models = new URL('../../models/', import.meta.url)
    for (const name of EMBEDDED) expect(embeddedFolder(name).href).toBe(new URL(`${name}/`, models).href)
  })

  it.each(EMBEDDED)('name every file of %s that a page needs', async (name) => {
    const files = embeddedFiles(name)
    expect(files.name).toBe(name)
    expect(await files.open('modules.json')).toBeUndefined()
    expect(await files.open('constructor')).toBeUndefined()
  })

  it('give way to an existing folder of the name, but only where a name is given', async () => {
    await mkdir(join(folder, 'encoder'), { recursive: true })
    await writeFile(join(folder, 'encoder', 'config.json'), '{}')
    await inside(async () => {
      expect((await modelFiles('encoder')).label('config.json')).toBe(join('encoder', 'config.json'))
      const wanted = fileURLToPath(new URL('config.json', embeddedFolder('encoder')))
      if (here('encoder')) expect((await modelFiles()).label('config.json')).toBe(wanted)
      else await expect(modelFiles()).rejects.toThrow('the embedded encoder is not in this copy of the package')
    })
  })

  it('are not taken for a file of their name', async () => {
    await writeFile(join(folder, 'translator'), 'not a folder')
    await inside(async () => {
      if (here('translator')) expect((await modelFiles('translator')).name).toBe('translator')
      else await expect(modelFiles('translator')).rejects.toThrow('npm run train:translator')
    })
  })
})

describe.skipIf(!here('encoder'))(`loadModel without arguments${without('encoder')}`, () => {
  it('gives the encoder, which reads what anybody types', async () => {
    using model = await loadModel()
    expect([model.name, model.config.kind, model.config.family]).toEqual(['encoder', 'encoder', 'modernbert'])
    expect(model.unused).toEqual([])
    using run = await model.run('Ünïcode 🙂 snow leopards zxqvj.')
    expect(run.tokens.at(-1)!.special).toBe(true)
    expect(
      model
        .tokenizer!.decode(
          run.tokens.map(({ id }) => id),
          { skipSpecial: true },
        )
        .trim(),
    ).toBe('ünïcode 🙂 snow leopards zxqvj.')
  })

  it('says of an article’s sentence what it refers to', async () => {
    using model = await loadModel()
    using run = await model.run("The animal didn't cross the street because it was too tired.")
    const place = run.tokens.findIndex(({ start }) => start === 43)
    const scores = (await run.logits!.read()).subarray(place * model.config.vocabulary, (place + 1) * model.config.vocabulary)
    const first = scores.indexOf(Array.from(scores).reduce((a, b) => Math.max(a, b)))
    expect(model.tokenizer!.decode([first]).trim()).toBe('animal')
  })
})

describe.skipIf(!here('decoder'))(`the embedded decoder${without('decoder')}`, () => {
  it('writes on from any text', async () => {
    using model = await loadModel('decoder')
    expect([model.config.kind, model.config.family, model.unused]).toEqual(['decoder', 'llama', []])
    let said = ''
    for await (const { text } of model.generate('The people of the United States', { maxNewTokens: 12 })) said += text
    expect(said.trim().length).toBeGreaterThan(5)
  })
})

describe.skipIf(!here('translator'))(`the embedded translator${without('translator')}`, () => {
  it('writes a date in words as ISO 8601', async () => {
    using model = await loadModel('translator')
    expect([model.config.kind, model.config.family, model.unused]).toEqual(['encoder-decoder', 'marian', []])
    let said = ''
    for await (const { text } of model.generate('the ninth of March twenty twenty one')) said += text
    expect(said.trim()).toBe('2021-03-09')
  })
})

describe('the example', () => {
  it.each(EMBEDDED.filter(here))('of the embedded %s is of words that it knows', async (name) => {
    using model = await loadModel(name)
    expect(model.seen!.hardly(exampleFor(name))).toEqual([])
  })

  it('of a model that is not embedded is a sentence, whatever it is called', () => {
    expect(new Set([undefined, 'constructor', './encoder'].map(exampleFor))).toEqual(new Set([exampleFor('encoder')]))
    expect(exampleFor('translator')).not.toBe(exampleFor(undefined))
  })
})

describe('seen words', () => {
  const files = (seen: string, named: object = { seen_words: 'seen.json' }): Map<string, Blob> => {
    const { json, weights } = tinyBert()
    const all = { ...json, 'config.json': { ...(json['config.json'] as object), ...named } }
    const blobs = Object.entries(all).map(([path, content]): [string, Blob] => [path, new Blob([JSON.stringify(content)])])
    return new Map([...blobs, ['seen.json', new Blob([seen])], ['model.safetensors', new Blob([weights])]])
  }

  it('are counted in lower case, and what stood in fewer places than the least is hardly known', async () => {
    using model = await loadModel(files('{"least":3,"words":{"the":9,"cat":3}}'))
    expect(model.seen!.least).toBe(3)
    expect(['The', 'CAT', 'dog', 'constructor'].map((word) => model.seen!.times(word))).toEqual([9, 3, 0, 0])
    const text = 'The cat’s 3 Müllers'
    expect(model.seen!.hardly(text).map(({ start, end }) => text.slice(start, end))).toEqual(['s', 'Müllers'])
  })

  it('are unknown where config.json names no such file', async () => {
    using model = await loadModel(files('{"least":3,"words":{}}', {}))
    expect(model.seen).toBeUndefined()
  })

  it('are refused when they are no counts', async () => {
    await expect(loadModel(files('{"least":3,"words":{"the":-1}}'))).rejects.toThrow(/^seen\.json: words\.the: /)
  })
})
