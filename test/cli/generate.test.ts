/** `regard generate`, as it is typed: a process, its output and its exit code. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'

const BIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'regard-generate-'))
const running = new Set<ChildProcess>()

beforeAll(async () => {
  await writeTinyGpt2(join(folder, 'small'))
  await writeTinyGpt2(join(folder, 'long'), { layers: 6, width: 128, positions: 8192 })
})
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `hear` is told of everything on standard output as it comes. */
function regard(args: readonly string[], model: string, hear?: (out: string, child: ChildProcess) => void): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, COLUMNS: undefined, NODE_OPTIONS: undefined }
  const child = spawn(process.execPath, [BIN, 'generate', ...args, '--model', join(folder, model)], { env })
  running.add(child)
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
    hear?.(out, child)
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdin.end()
  return new Promise((resolve) =>
    child.on('close', (code) => {
      running.delete(child)
      resolve({ code, out, err })
    }),
  )
}

test('it writes the text and its continuation, the same for the same seed', async () => {
  const args = ['once upon a time', '--seed', '4', '--max-tokens', '12']
  const [one, two] = await Promise.all([regard(args, 'small'), regard(args, 'small')])
  expect([one.code, one.err]).toEqual([0, ''])
  expect(one.out).toMatch(/^once upon a time.+\n$/)
  expect(two.out).toBe(one.out)
})

test('--top shows a line for each token, the likeliest first, no wider than the screen', async () => {
  const { out, code } = await regard(['once', '--top', '5', '--max-tokens', '6'], 'small')
  expect(code).toBe(0)
  const lines = out.trimEnd().split('\n')
  expect(lines).toHaveLength(7)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  for (const line of lines.slice(1)) {
    const [word, chance] = /^(".*?") +(\S+) %/.exec(line)!.slice(1)
    expect(line).toContain(`${chance} %   ${word} ${chance}`)
    expect(line.match(/" [<\d.]+/g)).toHaveLength(5)
  }
})

test('--json gives the same text, with logarithms of probabilities', async () => {
  const args = ['once upon a time', '--seed', '4', '--max-tokens', '12']
  const [plain, numbers] = await Promise.all([regard(args, 'small'), regard([...args, '--json', '--top', '2'], 'small')])
  const told = JSON.parse(numbers.out)
  expect(`${told.text}${told.written}\n`).toBe(plain.out)
  expect(told).toMatchObject({ version: 1, command: 'generate', end: 'length', model: { family: 'gpt2' } })
  expect(told.tokens).toHaveLength(12)
  for (const { logprob, top } of told.tokens) {
    expect(logprob).toBeLessThan(0)
    expect(top).toHaveLength(2)
  }
})

test('Ctrl-C stops at once with code 130, and says nothing', async () => {
  let sent = false
  const { code, out, err } = await regard(['once', '--max-tokens', '8000', '--top', '1'], 'long', (heard, child) => {
    if (sent || heard.split('\n').length < 3) return
    sent = true
    child.kill('SIGINT')
  })
  expect([code, err]).toEqual([130, ''])
  expect(out.split('\n').length).toBeLessThan(8000)
})

test('what cannot be is refused in one line', async () => {
  const [empty, much, unknown] = await Promise.all([
    regard([''], 'small'),
    regard(['once', '--top-p', '3'], 'small'),
    regard(['once', '--temperature', 'hot'], 'small'),
  ])
  expect(empty).toEqual({ code: 1, out: '', err: expect.stringMatching(/^regard: the text is empty; give its beginning, .*\n$/) })
  expect(much).toEqual({ code: 1, out: '', err: 'regard: generate: topP must be a number above 0, at most 1, got 3\n' })
  expect(unknown).toEqual({ code: 2, out: '', err: expect.stringMatching(/It must be a number from 0/) })
})

test('JSON has the fields that docs/cli.md gives it, and no others', async () => {
  const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const told = /interface Generate \{(.*?)\n\}/s.exec(docs)![1]!.replace(/\/\/.*/g, '')
  const { out } = await regard(['once', '--max-tokens', '2', '--json', '--top', '1'], 'small')
  const seen = new Set<string>()
  JSON.parse(out, (key, value) => {
    if (key !== '' && !/^\d+$/.test(key)) seen.add(key)
    return value
  })
  expect([...seen].sort()).toEqual([...new Set(told.match(/\b[a-z]+(?=\??:)/gi))].sort())
})
