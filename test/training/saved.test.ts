import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { progressLine, sparkline, timeLeft } from '../../src/training/progress.ts'
import { rateAt } from '../../src/training/recipe.ts'
import { readSaved, save, writeWhole } from '../../src/training/saved.ts'

const folder = mkdtempSync(join(tmpdir(), 'regard-saved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('what is saved', () => {
  it('is read back bit for bit, with its notes', async () => {
    const tensors = new Map([
      ['a', Float32Array.of(1, -0, Number.NaN, 1e-45)],
      ['b (0 of 3)', Float32Array.of(0.1)],
    ])
    const path = join(folder, 'one.safetensors')
    save(path, { tensors, notes: { step: '7', stage: '1' } })
    const back = (await readSaved(path))!
    expect(back.notes).toEqual({ step: '7', stage: '1' })
    for (const [name, data] of tensors)
      expect(new Uint32Array(back.tensors.get(name)!.buffer)).toEqual(new Uint32Array(data.buffer))
  })

  it('is nothing where there is no file', async () => {
    expect(await readSaved(join(folder, 'absent'))).toBeUndefined()
  })

  it('replaces the old file in one step and leaves nothing beside it', () => {
    const path = join(folder, 'two')
    writeFileSync(path, 'old')
    writeWhole(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([])
  })

  it('leaves the old file as it was when it cannot be written', () => {
    const path = join(folder, 'three')
    writeFileSync(path, 'old')
    expect(() => writeWhole(join(path, 'below'), 'new')).toThrow()
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe('old')
  })
})

describe('the line of progress', () => {
  it('draws the lowest number as the shortest bar and the highest as the tallest', () => {
    expect(sparkline([7, 0, 3.5], 10)).toBe('█▁▅')
    expect(sparkline([2, 2], 10)).toBe('▁▁')
    expect(sparkline([], 10)).toBe('')
  })

  // 4 numbers in 2 bars: means 1.5 and 3.5
  it('draws means of stretches where there are more numbers than bars', () => {
    expect(sparkline([1, 2, 3, 4], 2)).toBe('▁█')
  })

  it('says the time that is left in the unit that fits', () => {
    expect([30, 240, 3900].map(timeLeft)).toEqual(['30 s', '4 min', '1 h 05 min'])
  })

  it('never is wider than the screen, and keeps step and loss longest', () => {
    const standing = { step: 10, steps: 100, losses: [3, 2, 1], tokensPerSecond: 1234.5, secondsLeft: 600 }
    expect(progressLine(standing, 100)).toBe('step 10 of 100, loss 2.000, 10 min left, 1235 tokens/s  █▅▁')
    for (let columns = 30; columns < 100; columns++) expect(progressLine(standing, columns).length).toBeLessThanOrEqual(columns)
    expect(progressLine(standing, 30)).toBe('step 10 of 100, loss 2.000')
  })
})

describe('the rate', () => {
  // warm-up over 10 of 110 steps to 1; half-way down the cosine, at step 60: 0.01 + 0.99 / 2
  it('rises in a line and falls along a cosine to a hundredth', () => {
    const plan = { rate: 1, warmup: 10, steps: 110 }
    expect(rateAt(plan, 0)).toBeCloseTo(0.1, 12)
    expect(rateAt(plan, 9)).toBe(1)
    expect(rateAt(plan, 60)).toBeCloseTo(0.505, 12)
    expect(rateAt(plan, 110)).toBeCloseTo(0.01, 12)
  })

  it('rises and falls a second time where a recipe has a second course', () => {
    const plan = { rate: 1, warmup: 10, steps: 200, second: { from: 110, rate: 0.5, warmup: 10 } }
    expect(rateAt(plan, 109)).toBeCloseTo(0.01, 2)
    expect(rateAt(plan, 110)).toBeCloseTo(0.05, 12)
    expect(rateAt(plan, 119)).toBe(0.5)
    expect(rateAt(plan, 160)).toBeCloseTo(0.5 * (0.01 + 0.99 / 2), 12)
    expect(rateAt(plan, 200)).toBeCloseTo(0.005, 12)
  })
})
