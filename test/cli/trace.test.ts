import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { run } from '../../src/cli/program.ts'
import { openTrace } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'

const TEXT = 'the animal slept in the sun because it was tired'

/** A console without a terminal that keeps what is printed. */
function recorder(): Console & { printed(): string } {
  const lines: string[] = []
  return {
    screen: { columns: 80, rows: 24, colours: 'none', terminal: false } as unknown as Console['screen'],
    print: (text) => void lines.push(text),
    write: () => {},
    progress: () => {},
    input: async () => '',
    ended: () => new Promise(() => {}),
    printed: () => lines.join('\n'),
  }
}

describe('regard trace', () => {
  let folder: string
  let model: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'regard-trace-'))
    model = join(folder, 'tiny-bert')
    await writeTinyBert(model)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('keeps a run that opens to the same bits without the model', async () => {
    const out = join(folder, 'kept.safetensors')
    const console = recorder()
    await run(['trace', TEXT, '--out', out, '--model', model], console)
    expect(console.printed()).toMatch(
      /^wrote .*kept\.safetensors: [\d.]+ kB, \d+ tensors of 12 tokens in 3 layers × 4 heads of tiny-bert\n/,
    )
    using kept = await openTrace(out)
    using loaded = await loadModel(model)
    using read = await loaded.run(TEXT)
    expect(kept.tokens.map(({ text }) => text)).toEqual(read.tokens.map(({ text }) => text))
    expect(await kept.attention(2, 1).all()).toEqual(await read.attention(2, 1).all())
  })

  it('keeps what edits made, and says what the file holds as JSON', async () => {
    const out = join(folder, 'cut.safetensors')
    const console = recorder()
    const edit = { cut: 'edge', from: 'it', to: 'animal' }
    await run(['trace', TEXT, '--out', out, '--model', model, '--json', '--edits', JSON.stringify(edit)], console)
    expect(JSON.parse(console.printed())).toMatchObject({ version: 1, file: out, text: TEXT })
    using kept = await openTrace(out)
    const [it, animal] = ['it', 'animal'].map((word) => kept.tokens.findIndex(({ text }) => text === word))
    expect(await kept.attention(1, 0).cell(it!, animal!)).toBe(0)
  })

  it.each([
    [['--edits', '{'], /^--edits: .*give JSON such as/],
    [['--edits', '{"cut":"edge","from":"zebra"}'], /zebra/],
    [['--out', '/nowhere/at/all.safetensors'], /^--out: cannot write .*nowhere.*: ENOENT/],
  ] as const)('%j is refused in one line', async (args, message) => {
    const asked = run(['trace', TEXT, '--out', join(folder, 'x.safetensors'), '--model', model, ...args], recorder())
    await expect(asked).rejects.toThrow(message)
  })
})
