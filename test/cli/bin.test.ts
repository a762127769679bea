import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedModel, explorerFolder } from '../../src/cli/places.ts'
import { checkpoint, hasCheckpoint, whyNot } from '../lens/recorded.ts'

const BIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const SENTENCE = "The animal didn't cross the street because it was too tired."

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

function begin(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended>; said: (mark: RegExp) => Promise<string> } {
  const plain = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, COLUMNS: undefined, NODE_OPTIONS: undefined }
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...plain, ...env } })
  running.add(child)
  let [out, err] = ['', '']
  const heard = new Set<() => void>()
  child.stdout.on('data', (chunk) => {
    out += chunk
    for (const hear of heard) hear()
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      running.delete(child)
      resolve({ code, out, err })
    })
  })
  const said = (mark: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const hear = () => {
        if (mark.test(out)) resolve(out)
      }
      heard.add(hear)
      hear()
      void ended.then(() => reject(new Error(`ended without saying ${mark}: ${out}${err}`)))
    })
  return { child, ended, said }
}

function regard(args: readonly string[], { input, ...env }: { input?: string } & Record<string, string> = {}): Promise<Ended> {
  const { child, ended } = begin(args, env)
  child.stdin!.end(input ?? '')
  return ended
}

/** Refused: nothing on standard output, one line on standard error, a code that is not 0. */
function refused({ code, out, err }: Ended, line: string | RegExp, expected = 1): void {
  expect(err).toMatch(line)
  expect(out).toBe('')
  expect(err.trimEnd().split('\n')).toHaveLength(1)
  expect(err).toMatch(/^regard: /)
  expect(err).not.toMatch(/\bat .*:\d+:\d+/)
  expect(code).toBe(expected)
}

describe('the bin, without a model', () => {
  test('--help teaches with examples, for the program and for each command', async () => {
    const [all, none, read] = await Promise.all([regard(['--help']), regard([]), regard(['read', '--help'])])
    expect([all.code, none.code, read.code]).toEqual([0, 0, 0])
    expect(all.out).toContain('regard read "The animal didn\'t cross the street because it was too tired."')
    expect(none.out).toBe(all.out)
    expect(read.out).toContain('--token <word[:nth]>')
  })

  test('wrong use is one line and code 2', async () => {
    const [unknown, option, missing, head, port] = await Promise.all([
      regard(['raed']),
      regard(['read', 'x', '--colour']),
      regard(['read']),
      regard(['read', 'x', '--head', 'two']),
      regard(['explore', '--port', '70000']),
    ])
    refused(unknown!, 'unknown command "raed" (Did you mean read?); see `regard --help`', 2)
    refused(option!, 'unknown option "--colour"', 2)
    refused(missing!, 'missing required argument "text"; see `regard read --help`', 2)
    refused(head!, 'It must be a whole number from 0, or "mean"', 2)
    refused(port!, 'It must be a whole number from 0 to 65535', 2)
  })

  test('what Node compiled is kept for the next command; where it cannot be, nothing is said', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'regard-compiled-'))
    const kept = join(folder, 'node-compile-cache')
    try {
      const first = await regard(['--version'], { TMPDIR: folder })
      expect(readdirSync(kept, { recursive: true }).length).toBeGreaterThan(10)
      writeFileSync(join(folder, 'file'), '')
      for (const place of [folder, join(folder, 'file')]) expect(await regard(['--version'], { TMPDIR: place })).toEqual(first)
      expect(first).toMatchObject({ code: 0, err: '' })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test('a folder that is not there and a file instead of a folder are refused', async () => {
    const [none, file] = await Promise.all([regard(['info', '--model', '/nowhere/at/all']), regard(['read', 'x', '--model', BIN])])
    refused(
      none!,
      '--model: there is no folder "/nowhere/at/all"; name a folder or a model on the Hugging Face hub, as in `--model sentence-transformers/all-MiniLM-L6-v2`',
    )
    refused(file!, 'is a file; name the folder that holds config.json and model.safetensors')
  })

  test('an empty text is refused before anything is loaded', async () => {
    const [empty, blank, piped] = await Promise.all([
      regard(['read', '']),
      regard(['read', ' \n']),
      regard(['read', '-'], { input: '\n' }),
    ])
    for (const each of [empty, blank, piped]) refused(each!, 'the text is empty; give a sentence')
  })

  test.skipIf(embeddedModel('encoder') !== undefined)(
    'while no model is embedded, start says how to get one and is done, and read refuses',
    async () => {
      const [started, read, info] = await Promise.all([regard(['start']), regard(['read', 'x']), regard(['info'])])
      expect(started.code).toBe(0)
      expect(started.out.replace(/\s+/g, ' ')).toContain(
        'no model is embedded in this version: name a folder or a model on the Hugging Face hub, as in `npm start -- --model sentence-transformers/all-MiniLM-L6-v2`',
      )
      refused(read!, 'no model: none is embedded in this version; name a folder')
      expect(info.code).toBe(0)
      expect(info.out).toMatch(/^engine +wasm, /)
    },
  )
})

const lacking = (['encoder', 'translator'] as const).filter((name) => embeddedModel(name) === undefined)

describe.skipIf(lacking.length > 0)(
  `the bin, on the embedded models${lacking.length === 0 ? '' : ` (skipped: models/ holds no ${lacking.join(' and no ')} yet)`}`,
  () => {
    test('start reads the sentence with nothing but the clone, and read needs no model either', async () => {
      const [started, read] = await Promise.all([
        regard(['start', '--once']),
        regard(['read', 'A quokka slept.', '--token', 'slept']),
      ])
      for (const { code, out, err } of [started!, read!]) {
        expect([code, err]).toEqual([0, ''])
        expect(out).toMatch(/^encoder · 4 layers × 6 heads · wasm, /)
      }
      expect(read!.out).toContain('° a word that this model hardly met while it learned')
    })

    test('generate writes with the translator where it is named', async () => {
      const date = await regard(['generate', 'the ninth of March twenty twenty one', '--model', 'translator', '--json'])
      expect([date.code, date.err]).toEqual([0, ''])
      expect(JSON.parse(date.out).written.trim()).toBe('2021-03-09')
    })

    const decoder = embeddedModel('decoder') !== undefined
    test.skipIf(!decoder)(
      `generate writes with the decoder${decoder ? '' : ' (skipped: models/ holds no decoder yet)'}`,
      async () => {
        const written = await regard(['generate', 'The people of the United States', '--max-tokens', '5'])
        expect([written.code, written.err]).toEqual([0, ''])
        expect(written.out).toContain('The people of the United States')
      },
    )
  },
)

describe.skipIf(!hasCheckpoint)(`the bin, on all-MiniLM-L6-v2${hasCheckpoint ? '' : ` (${whyNot})`}`, () => {
  const model = ['--model', checkpoint]

  test('it gives animal 67.7 % in layer 3, head 1: named, or picked by the rule', async () => {
    const [named, picked] = await Promise.all([
      regard(['read', SENTENCE, '--token', 'it', '--layer', '3', '--head', '1', ...model]),
      regard(['read', SENTENCE, '--token', 'it', ...model]),
    ])
    for (const { code, out, err } of [named!, picked!]) {
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(/^all-MiniLM-L6-v2 · 6 layers × 12 heads · wasm, .*, \d+ threads? · [<\d.]+ ms$/m)
      expect(out).toContain('it looks at animal most: 67.7 % in layer 3, head 1')
      expect(out).toMatch(/^ {2}animal +█+[▏▎▍▌▋▊▉]? +67\.7 %$/m)
      expect(out).toContain('…12 more, 10.7 %')
    }
    expect(picked!.out).toContain('(of 72 heads, its strongest look back at a word beyond its neighbours)')
  })

  test('a pipe has no colours unless they are asked for', async () => {
    const [plain, forced, none] = await Promise.all([
      regard(['read', 'The cat sat.', ...model]),
      regard(['read', 'The cat sat.', ...model], { FORCE_COLOR: '3' }),
      regard(['read', 'The cat sat.', ...model], { NO_COLOR: '1' }),
    ])
    expect(plain!.out).not.toContain('\u001b')
    expect(none!.out).not.toContain('\u001b')
    expect(forced!.out).toContain('\u001b[38;2;')
    expect(forced!.out).toContain('▀')
  })

  test('JSON from standard input, complete and nothing else', async () => {
    const { code, out, err } = await regard(['read', '-', '--json', '--head', 'mean', ...model], {
      input: 'Gänse fliegen 👩‍👩‍👧\n',
    })
    expect([code, err]).toEqual([0, ''])
    const told = JSON.parse(out)
    expect(told).toMatchObject({ version: 1, command: 'read', text: 'Gänse fliegen 👩‍👩‍👧', layer: null, head: 'mean', rule: null })
    for (const row of told.weights) expect(row.reduce((sum: number, weight: number) => sum + weight, 0)).toBeCloseTo(1, 5)
    for (const { text, start, end, special } of told.tokens) if (!special) expect(text).toBe(told.text.slice(start, end))
  })

  test('info says what the model is', async () => {
    const [words, data] = await Promise.all([regard(['info', ...model]), regard(['info', '--json', ...model])])
    expect(words!.out).toMatch(/^layers +6 layers × 12 heads$/m)
    expect(words!.out).toMatch(/^parameters +22 713 216 in float32$/m)
    expect(words!.out).toMatch(/^memory +90\.9 MB of weights$/m)
    expect(words!.out).toMatch(/model\.safetensors, 90\.9 MB/)
    expect(JSON.parse(data!.out)).toMatchObject({
      version: 1,
      engine: { backend: 'wasm' },
      model: {
        family: 'bert',
        layers: 6,
        heads: 12,
        positions: 512,
        vocabulary: 30522,
        parameters: 22713216,
        files: { 'model.safetensors': 90868376 },
      },
    })
  })

  test('layers, heads and words that are not there, and a text that is too long, are refused', async () => {
    const [layer, head, word, long] = await Promise.all([
      regard(['read', 'A cat', '--layer', '6', ...model]),
      regard(['read', 'A cat', '--head', '12', ...model]),
      regard(['read', 'A cat', '--token', 'dog', ...model]),
      regard(['read', '-', ...model], { input: 'word '.repeat(600) }),
    ])
    refused(layer!, '--layer 6: all-MiniLM-L6-v2 has 6 layers, 0 to 5')
    refused(head!, '--head 12: all-MiniLM-L6-v2 has 12 heads in a layer, 0 to 11')
    refused(word!, '--token dog: the text has no token "dog"; it has [CLS] A cat [SEP]')
    refused(long!, 'the text has 602 tokens, the model reads at most 512')
  })
})

describe.skipIf(!hasCheckpoint)(`models that are broken${hasCheckpoint ? '' : ` (${whyNot})`}`, () => {
  let home: string

  /** A folder with the checkpoint's config and tokenizer, `config` edited, and the weights linked, cut off or left out. */
  function folder(name: string, edit: (config: string) => string, weights: 'linked' | 'cut' | 'none', tokenizer = true): string {
    const path = join(home, name)
    mkdirSync(path)
    writeFileSync(join(path, 'config.json'), edit(readFileSync(`${checkpoint}config.json`, 'utf8')))
    if (tokenizer) copyFileSync(`${checkpoint}tokenizer.json`, join(path, 'tokenizer.json'))
    if (weights === 'linked') symlinkSync(`${checkpoint}model.safetensors`, join(path, 'model.safetensors'))
    if (weights === 'cut')
      writeFileSync(join(path, 'model.safetensors'), readFileSync(`${checkpoint}model.safetensors`).subarray(0, 1_000_000))
    return path
  }

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'regard-broken-'))
  })
  afterAll(() => rmSync(home, { recursive: true }))

  const same = (config: string) => config

  test.each([
    ['weights cut off', () => folder('cut', same, 'cut'), /cut\/model\.safetensors: .*is it cut off\?/],
    ['no weights', () => folder('none', same, 'none'), /none\/model\.safetensors: there is no such file/],
    [
      'a config that disagrees with the weights',
      () => folder('odd', (c) => c.replace('"hidden_size": 384', '"hidden_size": 768'), 'linked'),
      /config\.json asks for \[\d+,768\]|config\.json asks for \[768/,
    ],
    ['a config that is not JSON', () => folder('torn', () => '{', 'linked'), /config\.json: is not JSON/],
    [
      'an unknown architecture',
      () => folder('alien', (c) => c.replace('"model_type": "bert"', '"model_type": "banana"'), 'linked'),
      /model_type "banana" is not supported/,
    ],
    ['no tokenizer', () => folder('mute', same, 'linked', false), /mute has no tokenizer\.json, so it cannot read text/],
  ])('%s: one line that names it', async (_, make, line) => {
    refused(await regard(['read', 'A cat sat.', '--model', make()]), line)
  })
})

const canServe = hasCheckpoint && explorerFolder() !== undefined
describe.skipIf(!canServe)(`serving${canServe ? '' : ' (skipped: needs ../shared and `npm run explorer:build`)'}`, () => {
  const model = ['--model', checkpoint]
  const address = /http:\/\/127\.0\.0\.1:\d+\//

  test('start prints the matrix, serves the page and the model, and Ctrl-C ends it cleanly', async () => {
    const { child, ended, said } = begin(['start', '--port', '0', ...model])
    const at = address.exec(await said(/Ctrl-C ends it/))![0]
    const page = await fetch(at)
    expect(await page.text()).toContain('<title>Regard</title>')
    const index = (await (await fetch(`${at}model/index.json`)).json()) as { name: string }
    expect(index.name).toBe('all-MiniLM-L6-v2')
    child.kill('SIGINT')
    const { code, out, err } = await ended
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/ looks at .* in layer \d, head \d+/)
    expect(out).toContain('columns: the token looked at')
  })

  test('start --once prints and is done; a text of one’s own and a token pass through', async () => {
    const { code, out } = await regard(['start', 'The cat sat on the mat.', '--once', '--token', 'sat', ...model])
    expect(code).toBe(0)
    expect(out).toMatch(/^sat looks at /m)
    expect(out).not.toContain('http://')
  })

  test('a port that was asked for and is taken is refused', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const port = (taken.address() as { port: number }).port
    refused(
      await regard(['explore', '--port', String(port), ...model]),
      `port ${port} is in use on 127.0.0.1; choose another with --port`,
    )
    await new Promise((resolve) => taken.close(resolve))
  })
})
