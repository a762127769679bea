import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
mkdirSync(join(root, 'build'), { recursive: true })
const folder = mkdtempSync(join(root, 'build', 'closing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

writeFileSync(
  join(folder, 'vitest.config.mjs'),
  `export default { test: { include: ['*.test.mjs'], reporters: ['dot', ${JSON.stringify(join(root, 'scripts/closing-line.mjs'))}] } }`,
)

/** Runs vitest on one file of this content. → its lines, and how it ended. */
function runOn(content: string, checks = ''): Promise<{ lines: string[]; code: number }> {
  writeFileSync(join(folder, 'one.test.mjs'), `import { beforeAll, describe, expect, it } from 'vitest'\n${content}`)
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder]
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      args,
      { cwd: folder, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, REGARD_FAILED_CHECKS: checks } },
      (error, stdout) => resolve({ lines: stdout.trimEnd().split('\n'), code: error ? Number(error.code) : 0 }),
    ),
  )
}

describe('the last line of a test run', () => {
  it('counts what passed and what was skipped, and a run without failures ends with 0', async () => {
    const { lines, code } = await runOn("it('a', () => {}); it('b', () => {}); it.skip('c', () => {})")
    expect({ last: lines.at(-1), code }).toEqual({ last: '2 passed, 0 failed, 1 skipped', code: 0 })
  })

  it('counts a failing test', async () => {
    const { lines, code } = await runOn("it('a', () => expect(1).toBe(2))")
    expect({ last: lines.at(-1), code }).toEqual({ last: '0 passed, 1 failed, 0 skipped', code: 1 })
  })

  it('counts a file that cannot be loaded as one failure', async () => {
    const { lines, code } = await runOn("import './absent.mjs'\nit('a', () => {})")
    expect({ last: lines.at(-1), code }).toEqual({ last: '0 passed, 1 failed, 0 skipped', code: 1 })
  })

  it('counts a suite that cannot be prepared as one failure, and its tests as skipped', async () => {
    const { lines, code } = await runOn("describe('s', () => { beforeAll(() => { throw new Error('no') }); it('a', () => {}) })")
    expect({ last: lines.at(-1), code }).toEqual({ last: '0 passed, 1 failed, 1 skipped', code: 1 })
  })

  it('counts a check that failed before the tests', async () => {
    const { lines } = await runOn("it('a', () => {})", 'types')
    expect(lines.slice(-3)).toEqual(['failed: types (said above the tests)', '', '1 passed, 1 failed, 0 skipped'])
  })

  it('comes after what was counted, and after each skip with its reason', async () => {
    const { lines } = await runOn(
      "it('a', () => console.log('conformance cases: 3 ran')); it('b', ({ skip }) => skip('no browser'))",
    )
    expect(lines.slice(-4)).toEqual([
      'conformance cases: 3 ran',
      'skipped: one.test.mjs: b: no browser',
      '',
      '1 passed, 0 failed, 1 skipped',
    ])
  })

  it('says once what was skipped for one reason, be it noted or said in a title', async () => {
    const { lines } = await runOn(`
      it('a', ({ skip }) => skip('no browser')); it('b', ({ skip }) => skip('no browser'))
      describe.skip('s (skipped: no folder (of ours))', () => { it('c', () => {}); it('d', () => {}) })
      it.skip('e (skipped: no reason)', () => {})
    `)
    expect(lines.slice(-5, -2)).toEqual([
      'skipped: one.test.mjs: no browser (2 tests)',
      'skipped: one.test.mjs: no folder (of ours) (2 tests)',
      'skipped: one.test.mjs: e (skipped: no reason)',
    ])
  })
})
