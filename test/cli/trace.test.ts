import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { run } from '../../src/cli/program.ts'
import { lengths, openTrace } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'

const TEXT = 'the animal slept in the sun because it was tired'

/** A console without a terminal that keeps what is printed. */
function recorder(): Console & { printed(): string } {
  const lines: string[] = []
  return {
    screen: { columns: 80, rows: 24, depth: 0, dark: undefined },
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
    const printed = console.printed()
    expect(printed.replace(/\s+/g, ' ')).toMatch(
      /^wrote .*kept\.safetensors: [\d.]+ kB, \d+ tensors of 12 tokens in 3 layers × 4 heads of tiny-bert layer stream attention adds /,
    )
    expect(printed).toMatch(/\n +2 +[\d.]+ +[\d.]+ [█▉▊▋▌▍▎▏]+ +[\d.]+ [█▉▊▋▌▍▎▏]+\n/)
    using kept = await openTrace(out)
    using loaded = await loadModel(model)
    using read = await loaded.run(TEXT)
    expect(kept.tokens.map(({ text }) => text)).toEqual(read.tokens.map(({ text }) => text))
    expect(await kept.attention(2, 1).all()).toEqual(await read.attention(2, 1).all())
  })

  it('says how much each layer adds, for people, programs and papers', async () => {
    const [out, svg] = [join(folder, 'lengths.safetensors'), join(folder, 'lengths.svg')]
    const csv = recorder()
    await run(['trace', TEXT, '--out', out, '--model', model, '--csv', '--svg', svg], csv)
    const [head, ...rows] = csv.printed().split('\n')
    expect(head).toBe('kind,layer,stream,attention,cross,feed_forward')
    using kept = await openTrace(out)
    const made = await lengths(kept)
    expect(rows.map((row) => row.split(',').map(Number)[2])).toEqual(made.map(({ stream }) => expect.closeTo(stream, 4)))
    expect(await readFile(svg, 'utf8')).toContain('the stream, and what each layer adds to it')
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
