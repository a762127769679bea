import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { shared } from '../support/shared.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts
const model = shared('models/all-MiniLM-L6-v2')

interface Piece {
  readonly language: string
  readonly code: string
  /** The text block that follows, if one does. */
  readonly shown: string | undefined
  /** The heading above. */
  readonly title: string
}

function piecesOf(markdown: string): Piece[] {
  const blocks = [...markdown.matchAll(/^```(\w+)\n(.*?)^```\n(?=(\n```text\n(.*?)^```\n)?)/gms)]
  return blocks
    .map(({ 1: language, 2: code, 4: shown, index }) => ({
      language: language!,
      code: code!,
      shown,
      title: markdown
        .slice(0, index)
        .match(/^#+ .*$/gm)!
        .at(-1)!
        .replace(/^#+ /, ''),
    }))
    .filter(({ language }) => language !== 'text')
}

const pieces = piecesOf(readme)
mkdirSync(join(root, 'build'), { recursive: true })
const folder = mkdtempSync(join(root, 'build', 'readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function node(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  expect(stderr).toBe('')
  return stdout
}

describe('the code in README.md', () => {
  const code = pieces.filter(({ language }) => language === 'js')

  it('is there, and says what it prints', () => {
    expect(code.length).toBeGreaterThan(0)
    expect(code.filter(({ shown }) => !shown)).toEqual([])
  })

  it.for(code)('$title: prints what is shown', async ({ code, shown, title }, { skip }) => {
    const needsModel = code.includes('process.argv[2]')
    if (needsModel && !model) skip('../shared/models/all-MiniLM-L6-v2 is not on this machine')
    const file = join(folder, `${title.replaceAll(/\W+/g, '-')}.mjs`)
    writeFileSync(file, code)
    expect(await node(['-C', 'regard-source', file, ...(needsModel ? [fileURLToPath(model!)] : [])])).toBe(shown)
  })
})

describe('the commands in README.md', () => {
  const commands = pieces.filter(({ language }) => language === 'sh')
  const own = { start: true, test: true }

  it.each(commands)('$code: npm knows it', ({ code }) => {
    const [, name] = /^npm (?:run )?(?:--silent )?(\w+)/.exec(code)!
    expect({ ...own, ...scripts }).toHaveProperty(name!)
  })

  it.for(commands.filter(({ shown }) => shown))('$title: prints what is shown', async ({ code, shown }, { skip }) => {
    if (!model) skip('../shared/models/all-MiniLM-L6-v2 is not on this machine')
    const args = code.slice(code.indexOf(' -- ') + 4).match(/"[^"]*"|\S+/g)!
    const given = args.map((arg) => (arg === 'DIR' ? fileURLToPath(model!) : arg.replaceAll('"', '')))
    expect(await node([join(root, 'src/cli/main.ts'), ...given])).toContain(shown)
  })
})

describe('the links in README.md', () => {
  const links = [...readme.matchAll(/(?:\]\(|src(?:set)?=")(?!https?:)([^)#"]+)/g)].map(([, path]) => path!)

  it.each(links)('%s is there', (path) => {
    expect(existsSync(join(root, path))).toBe(true)
  })
})
