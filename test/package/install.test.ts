import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../support/browser.ts'
import { expectClose } from '../support/close.ts'
import { ATTEND, EXPECTED } from './example.ts'
import { installPackage, root, run, subpaths, write } from './installed.ts'
import { openPage } from './page.ts'

const { folder, files, missing, remove } = await installPackage()

afterAll(remove)

/** Groups that need more than the package itself say what is missing. */
const without = (why: string | undefined): string => (why ? ` (skipped: ${why})` : '')
const noBrowser = missing ?? (chromiumPath ? undefined : 'no Chromium on this machine; Debian: apt-get install chromium')

function expectAnswer(answer: { output: number[]; lse: number[]; weights: number[] }): void {
  for (const name of ['output', 'lse', 'weights'] as const) expectClose(answer[name], EXPECTED[name], { atol: 1e-6 }, name)
}

describe('the packed package', () => {
  it('holds code, types, kernels, the explorer and the texts, and nothing else', () => {
    const stray = files.filter(
      (path) =>
        !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path) &&
        !/^dist\/(?!explorer\/)[\w/-]+\.(js|d\.ts)$/.test(path) &&
        !/^dist\/backend\/wasm\/kernels\/(plain|relaxed|wide)\.wasm$/.test(path) &&
        !/^dist\/explorer\/[\w./-]+\.(html|js|css|svg|wasm|json)$/.test(path) &&
        !/^models\//.test(path),
    )
    expect(stray).toEqual([])
  })

  it('holds the three kernels and the explorer page', () => {
    const kernels = ['plain', 'relaxed', 'wide'].map((tier) => `dist/backend/wasm/kernels/${tier}.wasm`)
    expect(files).toEqual(expect.arrayContaining([...kernels, 'dist/explorer/index.html', 'LICENSE', 'README.md']))
  })
})

describe.skipIf(missing)(`the installed package${without(missing)}`, () => {
  it.each(subpaths)('%s can be imported', async (path) => {
    const names = await run(process.execPath, ['-e', `import('${path}').then((m) => console.log(Object.keys(m).length))`], folder)
    expect(Number(names)).toBeGreaterThan(0)
  })

  it('attends on Node, and the process ends by itself', async () => {
    write(folder, {
      'attend.js': ATTEND,
      'main.js': "import { attend } from './attend.js'\nconsole.log(JSON.stringify(await attend()))\n",
    })
    expectAnswer(JSON.parse(await run(process.execPath, ['main.js'], folder)))
  })

  it('brings the command', async () => {
    expect(await run(join(folder, 'node_modules/.bin/regard'), ['--help'], folder)).toContain('regard')
  })
})

describe.skipIf(missing)(`the types of the installed package${without(missing)}`, () => {
  it.each(['NodeNext', 'Bundler'])(
    'resolve under moduleResolution %s, with libraries checked and no @types/node',
    async (resolution) => {
      const config = {
        compilerOptions: {
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          exactOptionalPropertyTypes: true,
          target: 'ES2024',
          lib: ['ES2024', 'ESNext.Disposable', 'ESNext.Float16', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
          types: [],
          module: resolution === 'Bundler' ? 'ESNext' : resolution,
          moduleResolution: resolution,
        },
        include: ['types/*.ts'],
      }
      const imports = subpaths.map((path, n) => `import * as room${n} from '${path}'\nexport const names${n}: object = room${n}\n`)
      write(folder, {
        [`${resolution}.json`]: JSON.stringify(config),
        'types/subpaths.ts': imports.join(''),
        'types/attend.ts': ATTEND,
      })
      await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', `${resolution}.json`], folder)
    },
  )
})

describe.skipIf(noBrowser)(`a bare Vite page that uses the installed package${without(noBrowser)}`, () => {
  const warnings: string[] = []

  beforeAll(async () => {
    write(folder, {
      'page/index.html': '<!doctype html><title>attend</title><script type="module" src="./main.js"></script>',
      'page/attend.js': ATTEND,
      'page/main.js':
        "import { attend } from './attend.js'\nattend().then((answer) => (window.answer = answer), (error) => (window.answer = String(error)))\n",
    })
    const warn = (message: string): number => warnings.push(message)
    await build({
      root: join(folder, 'page'),
      configFile: false,
      base: './',
      build: { outDir: '../site', emptyOutDir: true },
      customLogger: {
        info() {},
        warn,
        warnOnce: warn,
        error: warn,
        clearScreen() {},
        hasErrorLogged: () => false,
        hasWarned: false,
      },
    })
  })

  it('is built without a warning', () => {
    expect(warnings).toEqual([])
  })

  it.each([
    { title: 'a page without COOP and COEP computes on one thread', isolated: false },
    { title: 'a page with COOP and COEP computes as well', isolated: true },
  ])('$title', async ({ isolated }) => {
    const { answer, problems } = await openPage(pathToFileURL(join(folder, 'site/')), { isolated })
    expect(problems).toEqual([])
    expectAnswer(answer)
    expect(answer).toMatchObject(isolated ? { backend: 'wasm' } : { backend: 'wasm', threads: 1 })
  })
})
