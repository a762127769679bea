/** What weights are held in: stored types stay, rounding is told, and what does not fit is refused before it is read. */

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bytesSource,
  type LoadOptions,
  loadModel,
  openSafetensors,
  readStored,
  type StoredType,
  type TensorToStore,
  writeSafetensors,
} from '../../src/model/index.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '../../src/tensor/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { CONFORMANCE } from './expected.ts'

type Floats = { name: string; shape: readonly number[]; data: Float32Array }
type Files = Map<string, Blob>

let folder: string

beforeAll(async () => {
  await startEngine()
  folder = await mkdtemp(join(tmpdir(), 'regard held '))
  await writeTinyBert(join(folder, 'tiny'))
})

afterAll(() => rm(folder, { recursive: true }))

async function floatsOf(path: string): Promise<Floats[]> {
  const file = await openSafetensors(bytesSource(new Uint8Array(await readFile(join(path, 'model.safetensors')))))
  return Promise.all(
    [...file.tensors.values()].map(async ({ name, shape }) => {
      const bytes = (await readStored(file, name)).slice()
      return { name, shape, data: new Float32Array(bytes.buffer) }
    }),
  )
}

const TO_BITS = { F16: numberToFloat16, BF16: numberToBfloat16 } as const

function storedAs(tensors: readonly Floats[], dtype: 'F32' | 'F16' | 'BF16'): TensorToStore[] {
  return tensors.map(({ name, shape, data }) => ({
    name,
    shape,
    dtype,
    data: dtype === 'F32' ? data : Uint16Array.from(data, TO_BITS[dtype]),
  }))
}

/** The same numbers as float32 that a file of `dtype` holds. */
function rounded(tensors: readonly Floats[], dtype: 'F16' | 'BF16', which: (each: Floats) => boolean = () => true): Floats[] {
  const back = dtype === 'F16' ? float16ToNumber : bfloat16ToNumber
  return tensors.map((each) => (which(each) ? { ...each, data: each.data.map((x) => back(TO_BITS[dtype](x))) } : each))
}

const isMatrix = ({ name, shape }: Floats): boolean => shape.length === 2 && !/position/.test(name)

async function filesWith(path: string, tensors: readonly TensorToStore[]): Promise<Files> {
  return new Map([
    ['config.json', new Blob([await readFile(join(path, 'config.json'))])],
    ['model.safetensors', new Blob([writeSafetensors(tensors)])],
  ])
}

async function statesOf(files: Files, options?: LoadOptions): Promise<ArrayLike<number>> {
  using model = await loadModel(files, options)
  using run = await model.run([5, 6, 7, 8, 9, 10])
  return run.hidden(-1).read()
}

function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, n) => Math.abs(x - b[n]!)))
}

describe('Weights of 16 bits', () => {
  const tiny = () => join(folder, 'tiny')

  it.each(['F16', 'BF16'] as const)('%s stay as they are, and give the same bits as float32 does', async (dtype) => {
    const tensors = await floatsOf(tiny())
    const files = await filesWith(tiny(), storedAs(tensors, dtype))
    const wide = await filesWith(tiny(), storedAs(rounded(tensors, dtype), 'F32'))
    expect(await statesOf(files)).toEqual(await statesOf(wide))
    expect(await statesOf(files, { dtype: 'float32' })).toEqual(await statesOf(wide))
  })

  it('are held once: matrices in two bytes a number, the rest in four', async () => {
    using model = await loadModel(await filesWith(tiny(), storedAs(await floatsOf(tiny()), 'BF16')))
    const { numbers, bytes, rounded } = model.weights
    expect(numbers.bfloat16! + numbers.float32!).toBe(model.parameterCount)
    // Panels are filled up to whole ones.
    expect(bytes).toBeGreaterThanOrEqual(numbers.bfloat16! * 2 + numbers.float32! * 4)
    expect(bytes).toBeLessThan((numbers.bfloat16! * 2 + numbers.float32! * 4) * 1.15)
    expect(numbers.bfloat16!).toBeGreaterThan(numbers.float32!)
    expect(rounded).toEqual([])
    expect(model.dtype).toBe('float32')
  })

  it.each([
    ['float16', 'F16'],
    ['bfloat16', 'BF16'],
  ] as const)('%s can be asked for: matrices are rounded to nearest, vectors are not', async (held, dtype) => {
    const tensors = await floatsOf(tiny())
    const files = await filesWith(tiny(), storedAs(tensors, 'F32'))
    const expected = await filesWith(tiny(), storedAs(rounded(tensors, dtype, isMatrix), 'F32'))
    expect(await statesOf(files, { dtype: held })).toEqual(await statesOf(expected))
  })

  it('a type that is none is refused', async () => {
    await expect(loadModel(tiny(), { dtype: 'float8' as never })).rejects.toThrow(
      'loadModel: dtype must be one of stored, float32, float64, float16, bfloat16, int8, got "float8"',
    )
  })
})

describeShared('Weights that are stored another way round', 'conformance/models/', () => {
  it.each(['gpt2', 'gpt-neox', 'bloom', 't5', 'llama', 'gpt-oss'])('%s in bfloat16 gives the bits of float32', async (name) => {
    const tensors = await floatsOf(`${CONFORMANCE}${name}`).catch(() => undefined)
    if (!tensors) throw new Error(`there is no ${name} among the cases`)
    const files = await filesWith(`${CONFORMANCE}${name}`, storedAs(tensors, 'BF16'))
    const wide = await filesWith(`${CONFORMANCE}${name}`, storedAs(rounded(tensors, 'BF16'), 'F32'))
    expect(await statesOf(files)).toEqual(await statesOf(wide))
  })
})

describe('Weights as int8', () => {
  it('are each row over its largest number divided by 127, rounded to the nearest even', async () => {
    const path = join(folder, 'tiny')
    const tensors = await floatsOf(path)
    const expected = tensors.map((each) => (isMatrix(each) ? { ...each, data: int8(each) } : each))
    const files = await filesWith(path, storedAs(tensors, 'F32'))
    const states = await statesOf(files, { dtype: 'int8' })
    expect(apart(states, await statesOf(await filesWith(path, storedAs(expected, 'F32'))))).toBeLessThan(2e-5)
    expect(apart(states, await statesOf(files))).toBeGreaterThan(1e-4)
  })

  it('tell how far off they are: at most half a step of 1/127 of the row’s largest', async () => {
    using model = await loadModel(join(folder, 'tiny'), { dtype: 'int8' })
    const tensors = await floatsOf(join(folder, 'tiny'))
    const matrices = tensors.filter(isMatrix)
    expect(model.weights.rounded.map(({ name }) => name).sort()).toEqual(matrices.map(({ name }) => name).sort())
    for (const { name, worst, mean } of model.weights.rounded) {
      const each = tensors.find((tensor) => tensor.name === name)!
      const off = int8(each).map((x, n) => Math.abs(x - each.data[n]!))
      const sum = (values: Float32Array): number => values.reduce((total, x) => total + x, 0)
      const size = each.data.map(Math.abs)
      expect(worst).toBeCloseTo(Math.max(...off) / Math.max(...size), 6)
      expect(mean).toBeCloseTo(sum(off) / sum(size), 6)
      expect(worst).toBeLessThan(1 / 253)
      expect(mean).toBeGreaterThan(0)
    }
  })

  it('take about a quarter of float32', async () => {
    using model = await loadModel(join(folder, 'tiny'), { dtype: 'int8' })
    const { numbers, bytes } = model.weights
    expect(numbers.int8! + numbers.float32!).toBe(model.parameterCount)
    expect(bytes - numbers.float32! * 4).toBeLessThan(numbers.int8! * 1.3)
  })

  it('can be made of 16-bit files too', async () => {
    const path = join(folder, 'tiny')
    const tensors = await floatsOf(path)
    const narrow = await filesWith(path, storedAs(tensors, 'BF16'))
    const wide = await filesWith(path, storedAs(rounded(tensors, 'BF16'), 'F32'))
    expect(await statesOf(narrow, { dtype: 'int8' })).toEqual(await statesOf(wide, { dtype: 'int8' }))
  })

  function int8({ shape, data }: Floats): Float32Array {
    const depth = shape[1]!
    const out = new Float32Array(data.length)
    for (let from = 0; from < data.length; from += depth) {
      const row = data.subarray(from, from + depth)
      const scale = Math.fround(Math.max(...row.map(Math.abs)) / 127)
      const inverse = Math.fround(1 / scale)
      out.set(
        row.map((x) => scale * nearestEven(Math.fround(x * inverse))),
        from,
      )
    }
    return out
  }

  function nearestEven(x: number): number {
    const down = Math.floor(x)
    return x - down === 0.5 ? down + (down & 1) : Math.round(x)
  }
})

describe('Loading', () => {
  /** A BERT of about 32 MB whose numbers do not matter. */
  async function writeLarge(path: string, dtype: 'F32' | 'BF16', width: number): Promise<void> {
    const inner = 4 * width
    const shapes = new Map<string, number[]>([
      ['embeddings.word_embeddings.weight', [4000, width]],
      ['embeddings.position_embeddings.weight', [64, width]],
      ['embeddings.token_type_embeddings.weight', [2, width]],
    ])
    const linear = (name: string, out: number, into: number) => shapes.set(`${name}.weight`, [out, into]).set(`${name}.bias`, [out])
    const norm = (name: string) => shapes.set(`${name}.weight`, [width]).set(`${name}.bias`, [width])
    norm('embeddings.LayerNorm')
    for (const layer of [0, 1]) {
      const at = `encoder.layer.${layer}`
      for (const part of ['self.query', 'self.key', 'self.value', 'output.dense']) linear(`${at}.attention.${part}`, width, width)
      linear(`${at}.intermediate.dense`, inner, width)
      linear(`${at}.output.dense`, width, inner)
      norm(`${at}.attention.output.LayerNorm`)
      norm(`${at}.output.LayerNorm`)
    }
    const tensors = [...shapes].map(([name, shape]): TensorToStore => {
      const size = shape.reduce((product, d) => product * d, 1)
      return { name, shape, dtype, data: dtype === 'F32' ? new Float32Array(size) : new Uint16Array(size) }
    })
    const config = JSON.parse(await readFile(join(folder, 'tiny', 'config.json'), 'utf8'))
    const sizes = {
      vocab_size: 4000,
      hidden_size: width,
      num_hidden_layers: 2,
      intermediate_size: inner,
      max_position_embeddings: 64,
    }
    await mkdir(path)
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, ...sizes }))
    await writeFile(join(path, 'model.safetensors'), writeSafetensors(tensors))
  }

  it.each([
    ['F32', 'stored', 512],
    ['BF16', 'stored', 800],
    ['BF16', 'float32', 512],
    ['F32', 'bfloat16', 800],
  ] as const)('%s as %s takes at most 1.2 × what the weights take', async (dtype, held, width) => {
    const path = join(folder, `large ${dtype} ${held}`)
    await writeLarge(path, dtype, width)
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      fileURLToPath(new URL('../support/peak.ts', import.meta.url)),
      path,
      held,
    ])
    const { weights, peak } = JSON.parse(stdout) as { weights: number; peak: number }
    console.log(
      `loading ${dtype} as ${held}: ${(weights / 1e6).toFixed(1)} MB of weights, at most ${(peak / weights).toFixed(3)} × that`,
    )
    expect(weights).toBeGreaterThan(25e6)
    expect(peak / weights).toBeGreaterThan(0.98)
    expect(peak / weights).toBeLessThan(1.2)
  })
})

describe('A model that WebAssembly cannot hold', () => {
  /** A file of the right length with nothing in it: a hole on the disk. */
  async function holeWith(words: number, dtype: StoredType, bytes: number): Promise<string> {
    const tensors = storedAs(await floatsOf(join(folder, 'tiny')), 'F32')
    const path = await mkdtemp(join(folder, 'large '))
    const config = JSON.parse(await readFile(join(folder, 'tiny', 'config.json'), 'utf8'))
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, vocab_size: words }))
    const header: Record<string, object> = {}
    let end = 0
    for (const { name, shape } of tensors) {
      const own = name.includes('word_embeddings') ? [words, shape[1]!] : shape
      const size = own.reduce((product, d) => product * d, bytes)
      header[name] = { dtype, shape: own, data_offsets: [end, end + size] }
      end += size
    }
    const json = new TextEncoder().encode(JSON.stringify(header))
    const file = await open(join(path, 'model.safetensors'), 'w')
    await file.write(new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer))
    await file.write(json)
    await file.truncate(8 + json.length + end)
    await file.close()
    return path
  }

  it('is refused before anything is read, with its size and what would fit', async () => {
    const large = await holeWith(45_000_000, 'F32', 4)
    await expect(loadModel(large)).rejects.toThrow(
      /model\.safetensors: the weights take 5\.36 GiB in memory, WebAssembly can address 4\.00 GiB; in bfloat16 they take 2\.68 GiB: loadModel\(…, \{ dtype: 'bfloat16' \}\)$/,
    )
  })

  it('is refused for what it would take, not for what the file takes', async () => {
    const large = await holeWith(45_000_000, 'BF16', 2)
    await expect(loadModel(large, { dtype: 'float32' })).rejects.toThrow(
      /the weights take 5\.36 GiB in memory, WebAssembly can address 4\.00 GiB; in bfloat16 they take 2\.68 GiB/,
    )
  })

  it('in any type is refused with other advice', async () => {
    const large = await holeWith(300_000_000, 'BF16', 2)
    await expect(loadModel(large, { dtype: 'int8' })).rejects.toThrow(/take 8\.94 GiB in memory, .*; take a smaller model$/)
  })
})
