import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, createServer, type Logger } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noChromium } from '../support/browser.ts'
import { expectClose } from '../support/close.ts'
import { shared } from '../support/shared.ts'
import { ASK, ASKING, ATTEND, EXPECTED, PAGE } from './example.ts'
import { installPackage, root, run, subpaths, write } from './installed.ts'
import { ISOLATED, served, type Visit, visit } from './page.ts'

const { folder, files, missing, remove } = await installPackage()
const command = join(folder, 'node_modules/.bin/regard')
const model = shared('models/all-MiniLM-L6-v2')
const SENTENCE = "The animal didn't cross the street because it was too tired."

afterAll(remove)

/** Groups that need more than the package itself say what is missing. */
const without = (why: string | undefined): string => (why ? ` (skipped: ${why})` : '')
const noBrowser = missing ?? noChromium

/** A logger for Vite that keeps what it is told. */
function listening(): { warnings: string[]; customLogger: Logger } {
  const warnings: string[] = []
  const keep = (message: string): void => void warnings.push(message)
  const quiet = { info() {}, clearScreen() {}, hasErrorLogged: () => false, hasWarned: false }
  return { warnings, customLogger: { ...quiet, warn: keep, warnOnce: keep, error: keep } }
}

function expectAnswer(answer: { output: number[]; lse: number[]; weights: number[] }): void {
  for (const name of ['output', 'lse', 'weights'] as const) expectClose(answer[name], EXPECTED[name], { atol: 1e-6 }, name)
}

describe('the packed package', () => {
  it('holds code, types, kernels, the explorer, the element for other pages and the texts, and nothing else', () => {
    const stray = files.filter(
      (path) =>
        !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path) &&
        !/^dist\/(?!explorer\/)[\w/-]+\.(js|d\.ts)$/.test(path) &&
        !/^dist\/backend\/wasm\/kernels\/(plain|relaxed|wide)\.wasm$/.test(path) &&
        !/^dist\/explorer\/[\w./-]+\.(html|js|css|svg|wasm|json)$/.test(path) &&
        !/^dist\/embed\/[\w.-]+\.(js|wasm)$/.test(path) &&
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
    expect(await run(command, ['--help'], folder)).toContain('regard')
  })

  it('reads a sentence with a real model', async ({ skip }) => {
    if (!model) skip('../shared/models/all-MiniLM-L6-v2 is not on this machine')
    const args = ['read', SENTENCE, '--token', 'it', '--layer', '3', '--head', '1', '--model', fileURLToPath(model!)]
    expect(await run(command, args, folder)).toContain('it looks at animal most: 67.7 %')
  })

  it('serves its own explorer', async ({ skip }) => {
    if (!model) skip('../shared/models/all-MiniLM-L6-v2 is not on this machine')
    const server = spawn(command, ['explore', '--port', '0', '--model', fileURLToPath(model!)], { cwd: folder })
    try {
      const [text] = await once(server.stdout, 'data')
      const page = await fetch(/http:\S+/.exec(String(text))![0])
      expect(page.status).toBe(200)
      expect(await page.text()).toContain('<title>Regard</title>')
    } finally {
      server.kill()
    }
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
  const page = join(folder, 'page')
  const { warnings, customLogger } = listening()
  const headersOf = (isolated: boolean): Record<string, string> => (isolated ? ISOLATED : {})

  /** The answer, on one thread where memory cannot be shared, else on those that the machine has. */
  function expectVisit({ answer, problems }: Visit, isolated: boolean): void {
    expect(problems).toEqual([])
    expectAnswer(answer)
    const threads = isolated ? Math.min(16, answer.cores) : 1
    expect(answer).toMatchObject({ backend: 'wasm', isolated, threads })
  }

  const cases = [
    { title: 'without COOP and COEP, on one thread', isolated: false },
    { title: 'with COOP and COEP, on all threads', isolated: true },
  ]

  beforeAll(async () => {
    write(page, {
      'index.html':
        '<!doctype html><title>attend</title><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>',
      'attend.js': ATTEND,
      'main.js': PAGE,
    })
    await build({ root: page, configFile: false, base: './', build: { outDir: '../site', emptyOutDir: true }, customLogger })
  })

  it('is built without a warning', () => {
    expect(warnings).toEqual([])
  })

  it.each(cases)('built, it attends $title', async ({ isolated }) => {
    await served(pathToFileURL(join(folder, 'site/')), headersOf(isolated), async (url) => expectVisit(await visit(url), isolated))
  })

  it.each(cases)('on the development server, it attends $title', async ({ isolated }) => {
    const server = await createServer({
      root: page,
      configFile: false,
      server: { port: 0, host: '127.0.0.1', headers: headersOf(isolated) },
      customLogger,
    })
    await server.listen()
    try {
      expectVisit(await visit(server.resolvedUrls!.local[0]!), isolated)
    } finally {
      await server.close()
    }
  })
})

const lacking = ['encoder', 'decoder', 'translator'].filter((name) => !files.includes(`models/${name}/model.safetensors`))
const noModels = noBrowser ?? (lacking.length > 0 ? `the package holds no ${lacking.join(' and no ')} yet` : undefined)

describe.skipIf(noModels)(`a bare Vite page that reads with the embedded models${without(noModels)}`, () => {
  const page = join(folder, 'models-page')
  const { warnings, customLogger } = listening()

  function expectAnswers({ answer, problems }: Visit): void {
    expect(problems).toEqual([])
    expect(answer).toMatchObject({ said: 'animal', hardly: 1, date: '2021-03-09' })
    expect(answer.text.length).toBeGreaterThan(5)
  }

  beforeAll(async () => {
    write(page, {
      'index.html':
        '<!doctype html><title>ask</title><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>',
      'ask.js': ASK,
      'main.js': ASKING,
    })
    await build({ root: page, configFile: false, base: './', build: { outDir: '../models-site', emptyOutDir: true }, customLogger })
  })

  it('is built, its models with it, without a warning', () => {
    expect(warnings).toEqual([])
    const sizes = readdirSync(join(folder, 'models-site', 'assets')).filter((name) => name.endsWith('.safetensors'))
    expect(sizes.length).toBe(3)
  })

  it('built, it reads and writes', async () => {
    await served(pathToFileURL(join(folder, 'models-site/')), ISOLATED, async (url) => expectAnswers(await visit(url)))
  })

  it('on the development server, it reads and writes', async () => {
    const server = await createServer({
      root: page,
      configFile: false,
      server: { port: 0, host: '127.0.0.1', headers: ISOLATED },
      customLogger,
    })
    await server.listen()
    try {
      expectAnswers(await visit(server.resolvedUrls!.local[0]!))
    } finally {
      await server.close()
    }
  })
})
