/** Broken files of every kind: see test/support/fuzz. `npm run fuzz -- --count 1000000` feeds a hundred times as many. */

import { beforeAll, describe, expect, it } from 'vitest'
import { FAMILY_NAMES, familyOf } from '../../src/model/families/index.ts'
import { startEngine } from '../support/engine.ts'
import { configOf } from '../support/fuzz/configs.ts'
import { judge } from '../support/fuzz/judge.ts'
import { mutateBytes, mutateJson } from '../support/fuzz/mutate.ts'
import { Random } from '../support/fuzz/random.ts'
import { describeFault, fuzz } from '../support/fuzz/run.ts'
import { TARGETS } from '../support/fuzz/targets.ts'

beforeAll(startEngine)

const COUNT = 10_000

describe('A broken file', () => {
  it(`is taken or refused in one clear line, at once: ${COUNT} of them`, { timeout: 120_000 }, async () => {
    expect((await fuzz({ seed: 1, count: COUNT })).map(describeFault)).toEqual([])
  })
})

describe('The fuzzer', () => {
  const kept: unknown[] = []

  it('draws the same input for the same seed and number', () => {
    for (const target of TARGETS) expect(target.draw(new Random(7)).input).toEqual(target.draw(new Random(7)).input)
    const drawn = TARGETS.map((target) => JSON.stringify(target.draw(new Random(8)).input))
    expect(new Set(drawn).size).toBe(TARGETS.length)
  })

  it('begins with files that are good', () => {
    for (const family of FAMILY_NAMES)
      expect(() => familyOf(configOf(family), 'x').read(configOf(family), 'x'), family).not.toThrow()
  })

  it('changes what it is given', () => {
    const changed = Array.from({ length: 200 }, (_, n) => mutateJson('{"a":[1,2,{"b":"c"}],"d":null}', new Random(n)))
    expect(new Set(changed).size).toBeGreaterThan(150)
    const bytes = Uint8Array.from({ length: 50 }, (_, n) => n)
    const mutated = Array.from({ length: 200 }, (_, n) => mutateBytes(bytes, new Random(n)).join())
    expect(new Set(mutated).size).toBeGreaterThan(150)
  })

  it('reaches the readers, and is refused most of the time, not always', { timeout: 60_000 }, async () => {
    for (const target of TARGETS) {
      let taken = 0
      for (let n = 0; n < 200; n++) {
        const accepted = await Promise.resolve(target.draw(new Random(n)).feed()).then(
          () => true,
          () => false,
        )
        if (accepted) taken++
      }
      expect(taken, target.name).toBeGreaterThan(2)
      expect(taken, target.name).toBeLessThan(190)
    }
  })

  it.each<[string, () => unknown, RegExp]>([
    ['an error of the language', () => (undefined as unknown as { x: 1 }).x, /was not ready for it: TypeError: Cannot read/],
    [
      'a stack that runs over',
      () =>
        (function again(): void {
          again()
        })(),
      /Maximum call stack/,
    ],
    ['an array beyond all limits', () => new Array(2 ** 40), /Invalid array length/],
    ['no message', () => Promise.reject(new Error('')), /without a message/],
    ['what is no error', () => Promise.reject('no'), /no Error/],
    [
      'a great deal of memory',
      () => {
        kept.push(new Uint8Array(128 * 2 ** 20))
      },
      /allocated \d+ bytes/,
    ],
  ])('finds %s', async (_, feed, why) => {
    expect(await judge(feed)).toMatch(why)
    kept.length = 0
  })
})
