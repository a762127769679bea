import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadModel } from '../../src/model/index.ts'
import { findRecipe, train } from '../../src/training/index.ts'
import { tiny } from './tiny.ts'

const root = mkdtempSync(join(tmpdir(), 'regard-train-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const sitting = fileURLToPath(new URL('sitting.ts', import.meta.url))

/** Runs a sitting in another process; kills it, as hard as can be, when it has said `killAt`. */
function sit(folder: string, { until, killAt }: { until?: number; killAt?: number } = {}): Promise<void> {
  const child = spawn(process.execPath, [sitting, folder, ...(until === undefined ? [] : [String(until)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (data: Buffer) => {
    if (killAt !== undefined && data.toString().split('\n').includes(String(killAt))) child.kill('SIGKILL')
  })
  return new Promise((resolve) => child.on('close', () => resolve()))
}

const weights = (folder: string): string => readFileSync(join(folder, 'model.safetensors')).toString('base64')

describe('a training', () => {
  const whole = join(root, 'whole')
  let losses: number[] = []
  beforeAll(async () => {
    await sit(whole)
    losses = readFileSync(join(whole, 'log.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss)
  })

  it('learns: the loss at the end is far below that of the start', () => {
    expect(losses.at(-1)!).toBeLessThan(0.75 * losses[0]!)
  })

  it('ends with a folder that loadModel reads, nothing of it unused, in 16-bit floats', async () => {
    expect(readdirSync(whole).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'log.jsonl',
      'model.safetensors',
      'tokenizer.json',
    ])
    using model = await loadModel(whole)
    expect(model.unused).toEqual([])
    using run = await model.run('The cat sat on the mat.')
    expect(Number.isFinite(await run.loss())).toBe(true)
  })

  it('stopped and resumed ends with the same bits', async () => {
    const folder = join(root, 'resumed')
    await sit(folder, { until: 5 })
    await sit(folder)
    expect(weights(folder)).toBe(weights(whole))
  })

  it('killed in the midst of it and resumed ends with the same bits', async () => {
    const folder = join(root, 'killed')
    await sit(folder, { killAt: 4 })
    expect(readdirSync(folder)).not.toContain('model.safetensors')
    await sit(folder, { killAt: 9 })
    await sit(folder)
    expect(weights(folder)).toBe(weights(whole))
  })

  it('does not go on from the checkpoint of another recipe', async () => {
    await expect(train({ ...tiny, seed: 2 }, { folder: whole, resume: true })).rejects.toThrow(
      'checkpoint.safetensors: was made by another recipe; train without --resume, or into another folder',
    )
  })

  it('that is told to stop finishes its step and saves', async () => {
    const folder = join(root, 'stopped')
    const stop = new AbortController()
    const { steps, finished } = await train(tiny, {
      folder,
      resume: true,
      stop: stop.signal,
      onStep: ({ step }) => step === 3 && stop.abort(),
    })
    expect({ steps, finished }).toEqual({ steps: 3, finished: false })
    await sit(folder)
    expect(weights(folder)).toBe(weights(whole))
  })
})

describe('a recipe', () => {
  it('is found by name', async () => {
    expect((await findRecipe('encoder')).config.model_type).toBe('modernbert')
  })

  it('is the default export of a file, as texts or whole', async () => {
    const path = join(root, 'own.mjs')
    writeFileSync(path, "export default { name: 'mine', texts: ['One line.', 'Another line.'], steps: 3 }")
    expect(await findRecipe(path)).toMatchObject({ name: 'mine', steps: 3, seed: 1 })
  })

  it('that is not there, or is none, is refused in one line', async () => {
    await expect(findRecipe('poet')).rejects.toThrow('train: there is no recipe "poet"; there are encoder, decoder, translator')
    const path = join(root, 'none.mjs')
    writeFileSync(path, 'export const recipe = 1')
    await expect(findRecipe(path)).rejects.toThrow('none.mjs: exports no recipe; it should have a default export')
    writeFileSync(join(root, 'empty.mjs'), "export default { name: 'mine', texts: [' '] }")
    await expect(findRecipe(join(root, 'empty.mjs'))).rejects.toThrow('mine: there is no text to learn from')
  })
})
