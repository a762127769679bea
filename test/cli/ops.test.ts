import { afterAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { type OpsOptions, ops } from '../../src/cli/ops.ts'
import { widthOf } from '../../src/cli/terminal/width.ts'

const console = (columns: number) => ({ screen: { columns, rows: undefined, depth: 0, dark: undefined } }) as never
const told = (options: OpsOptions, columns = 100) => ops(options, console(columns))

describe('regard ops', () => {
  it('says what ran, by running it', async () => {
    expect(await told({ shape: '1,4,100,16', causal: true })).toMatch(
      /options +causal \(band\), offset \(band\)\nran +wasm \w+, tiled by head/,
    )
    expect(await told({ shape: '1,4,2,1,500,16' })).toMatch(
      /shape +B 1, H 4, K 2, L 1, S 500, D 16\noptions +none\nran +wasm \w+, few rows/,
    )
  })

  it('names the way of every option that is set', async () => {
    const { trial } = JSON.parse(await told({ json: true, shape: '1,2,40,8', softcap: 5, alibi: true, sinks: true, window: '3,' }))
    expect(trial.routes).toEqual([
      { option: 'window', by: 'band' },
      { option: 'offset', by: 'band' },
      { option: 'softcap', by: 'program' },
      { option: 'score', by: 'program' },
      { option: 'sinks', by: 'kernel' },
    ])
    expect(trial.ms).toBeGreaterThan(0)
  })

  it('lists the operations and how each option is carried out, never wider than the screen', async () => {
    for (const columns of [40, 60, 80, 200]) {
      const text = await told({ shape: '1,1,5,4' }, columns)
      expect(text).toMatch(/attentionWeights/)
      expect(text).toMatch(/compiled into the/)
      for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }
  })

  it.each([
    [{ shape: '1,2,3' }, '--shape must be B,H,L,D or B,H,K,L,S,D, whole numbers from 1, got "1,2,3"'],
    [{ shape: '1,3,2,4,4,8' }, '--shape: 3 query heads cannot share 2 key/value heads evenly'],
    [{ window: '3' }, '--window must be LEFT,RIGHT, whole numbers from 0 (an empty side is open), got "3"'],
  ])('refuses %j', async (options, message) => {
    await expect(told(options)).rejects.toThrow(message)
  })

  afterAll(() => expect(memoryFor('float32', 'test').live.buffers).toBe(0))
})
