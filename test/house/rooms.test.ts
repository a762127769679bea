import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { above, rooms } from '../../scripts/rooms.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const src = join(root, 'src')

const standing = rooms()

const sources = (room: string): string[] =>
  readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(src, room, file))

/** The rooms that a file imports from, by its relative imports. */
function importsOf(file: string): string[] {
  const specifiers = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)'/g)].map(
    ([, specifier]) => specifier!,
  )
  return specifiers.map((specifier) => relative(src, join(dirname(file), specifier)).split(/[\\/]/)[0]!)
}

describe('a room imports only from rooms above it', () => {
  it('ARCHITECTURE.md lists every room of src', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && sources(entry.name).length > 0,
    )
    expect(standing.toSorted()).toEqual(folders.map((entry) => entry.name).toSorted())
  })

  it.each(standing)('%s: the compiler is told exactly the rooms above', (room) => {
    const { references } = JSON.parse(readFileSync(join(src, room, 'tsconfig.json'), 'utf8'))
    expect(references, 'npm run rooms writes them').toEqual(above(room))
  })

  it.each(standing)('%s: no import points down', (room) => {
    const allowed = standing.slice(0, standing.indexOf(room) + 1)
    const wrong = sources(room).flatMap((file) => importsOf(file).map((to) => ({ file: relative(root, file), to })))
    expect(wrong.filter(({ to }) => !allowed.includes(to))).toEqual([])
  })
})

describe('the compiler refuses an import that points down', () => {
  mkdirSync(join(root, 'build'), { recursive: true })
  const copy = mkdtempSync(join(root, 'build', 'walls-'))
  for (const path of ['tsconfig.base.json', 'src/tensor', 'src/expression'])
    cpSync(join(root, path), join(copy, path), { recursive: true })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  const compile = async (room: string): Promise<string> => {
    const args = [join(root, 'node_modules/typescript/bin/tsc'), '-b', join(copy, 'src', room)]
    return await promisify(execFile)(process.execPath, args).then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    )
  }

  it('upwards is fine: expression imports from tensor', async () => {
    writeFileSync(join(copy, 'src/expression/up.ts'), "export { sizeOf } from '../tensor/index.ts'\n")
    expect(await compile('expression')).toBe('')
  })

  it('downwards is an error: tensor imports from expression', async () => {
    writeFileSync(join(copy, 'src/tensor/down.ts'), "export type { Expr } from '../expression/expr.ts'\n")
    expect(await compile('tensor')).toMatch(
      /src\/tensor\/down\.ts.*error TS6307: File '.*expr\.ts' is not listed within the file list of project/,
    )
  })
})
