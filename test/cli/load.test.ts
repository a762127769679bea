import { afterEach, expect, test, vi } from 'vitest'
import type { Console } from '../../src/cli/console.ts'
import { findModel, load } from '../../src/cli/load.ts'
import { checkpoint } from '../lens/recorded.ts'
import { describeShared } from '../support/shared.ts'

/** Hears what is shown on the way. */
function listener(): { console: Console; lines: string[] } {
  const lines: string[] = []
  const console: Console = {
    screen: { columns: 30, rows: 24, depth: 0, dark: undefined },
    print: () => {},
    write: () => {},
    progress: (line) => void lines.push(line),
    input: async () => '',
    ended: async () => {},
  }
  return { console, lines }
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('a folder that cannot be loaded leaves no progress line behind', async () => {
  const { console, lines } = listener()
  await expect(load(new URL('.', import.meta.url).pathname, console)).rejects.toThrow('config.json: there is no such file')
  expect(lines.at(-1)).toBe('')
})

test('a named folder must be one', async () => {
  await expect(findModel('/nowhere/at/all', listener().console)).rejects.toThrow('there is no folder "/nowhere/at/all"')
})

describeShared('loading all-MiniLM-L6-v2', 'models/all-MiniLM-L6-v2', () => {
  test('what takes long says how far it is, no wider than the terminal, and wipes it at the end', async () => {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100))
    const { console, lines } = listener()
    const { model } = await load(checkpoint, console)
    model.dispose()
    expect(lines.at(-1)).toBe('')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^loading the weights: \S{2,8}…?.*$/)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(30)
  })

  test('what is quick says nothing', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(5)
    const { console, lines } = listener()
    const { model } = await load(checkpoint, console)
    model.dispose()
    expect(lines).toEqual([''])
  })
})
