/** The benchmark: `npm run bench`. */

import { fileURLToPath } from 'node:url'
import { HELP, type Options, parseOptions } from './arguments.ts'
import { barred, FILES } from './bars.ts'
import { kernelsName } from './build.ts'
import { settle } from './busy.ts'
import { CASES, type Case, type PeerName, SECTIONS } from './cases.ts'
import { type Line, runCase } from './compare.ts'
import { writeDocs } from './docs.ts'
import { digits } from './format.ts'
import { runLadder } from './ladder/ladder.ts'
import { machine } from './machine.ts'
import { provide } from './models.ts'
import { commandFor, isPython, LABELS, NOTES_ONLY, versionOf } from './peers.ts'
import { ChildRemote } from './process/remote.ts'
import { BARS, type Bench, FULL, SHORT } from './ready.ts'
import { linesToKeep, type Run, readResults, saveResults } from './results.ts'
import { measureFirstRows, measureStart, type Start } from './startup.ts'
import { barsText, caseText, headText, lineText, warningsText } from './terminal.ts'

const RESULTS = fileURLToPath(new URL('./results.json', import.meta.url))

async function main(options: Options): Promise<void> {
  if (options.help) console.log(HELP)
  else if (options.list) listCases()
  else if (options.writeDocs) console.log(`wrote ${writeDocs(readResults(options.json ?? RESULTS))}`)
  else if (options.ladder) await ladder(options)
  else await (options.browser ? browser(options) : node(options))
}

function listCases(): void {
  for (const { id, section, title, short, threads } of CASES)
    console.log(
      `${id.padEnd(24)}${SECTIONS[section]}: ${title} (threads ${threads.join(', ')}${short.length > 0 ? '; in the short run' : ''})`,
    )
}

async function ladder({ rung, json, patienceMs, clock }: Options): Promise<void> {
  const run = await runLadder(rung, patienceMs, clock)
  if (json) saveResults(json, { ladder: run })
}

async function node(options: Options): Promise<void> {
  const { python, json, clock, cases, extent, resume } = options
  const peers = chosenPeers(options)
  const about = { date: today(), machine: machine(), extent, clock, peers, versions: versions(peers), kernels: kernelsName() }
  const head: Run = { ...about, lines: resume ? linesToKeep(readResults(json!).node, { ...about, lines: [] }) : [] }
  console.log(headText(head))
  const sofar = (lines: readonly Line[], starting: Pick<Run, 'starts' | 'firstRows'> = {}): Run => {
    const run = { ...withLines(head, lines), versions: { ...head.versions, ...enginesOf(lines) }, ...starting }
    if (json) saveResults(json, { node: run })
    return run
  }
  const lines = await measure(options, head, peers, async (name) => new ChildRemote(commandFor(name, python)), sofar)
  const run = sofar(lines, cases ? {} : await starting(STARTS[extent]))
  console.log(warningsText(run) + barsText({ node: run }))
}

async function browser(options: Options): Promise<void> {
  const { BrowserPages, BROWSER_PEERS } = await import('./browser/browser.ts')
  const { chromium, extent, json, resume } = options
  const peers = chosenPeers(options).filter((name) => BROWSER_PEERS.includes(name))
  const pages = await BrowserPages.start(chromium)
  try {
    const named = { ...versions(peers), Chromium: pages.version }
    const about = {
      date: today(),
      machine: machine(),
      extent,
      clock: 'wall',
      peers,
      versions: named,
      kernels: kernelsName(),
    } as const
    const head: Run = { ...about, lines: resume ? linesToKeep(readResults(json!).browser, { ...about, lines: [] }) : [] }
    console.log(headText(head))
    const sofar = (lines: readonly Line[]) => json && saveResults(json, { browser: withLines(head, lines) })
    const lines = await measure(options, head, peers, (name) => pages.open(name), sofar, LONGEST_IN_A_PAGE)
    const run = withLines(head, lines)
    console.log(warningsText(run) + barsText({ browser: run }))
  } finally {
    await pages.close()
  }
}

function withLines(head: Run, lines: readonly Line[]): Run {
  return { ...head, lines, ...(kernelsName() === head.kernels ? {} : { changed: true }) }
}

/** In tokens. */
const LONGEST_IN_A_PAGE = 2048

/**
 * Begins with the lines of `head`. `sofar` hears of all lines after each case, so that a run that is broken off leaves its results.
 * `longest`: leaves out longer cases.
 */
async function measure(
  options: Options,
  head: Run,
  peers: readonly PeerName[],
  open: Bench['open'],
  sofar: (lines: readonly Line[]) => void,
  longest = Number.POSITIVE_INFINITY,
): Promise<Line[]> {
  const bench: Bench = {
    effort: EFFORTS[options.extent],
    clock: options.browser ? 'wall' : options.clock,
    open,
    settle: () => settle(options.patienceMs),
    floors: new Map(),
    answers: new Map(),
  }
  const lines: Line[] = [...head.lines]
  let section: string | undefined
  for (const one of CASES.filter((each) => isWanted(each, options) && lengthOf(each) <= longest)) {
    const narrowed = { ...one, peers: peersOf(one, peers, options) }
    if (one.peers.length > 0 && narrowed.peers.length === 0 && options.peers === undefined) continue
    for (const threads of threadsFor(one, options)) {
      if (head.lines.some((line) => line.id === one.id && line.threads === threads)) continue
      console.log(caseText(one, threads, section !== one.section))
      section = one.section
      let nth = 0
      const tell = (line: Line) => {
        lines.push(line)
        console.log(lineText(line, one, nth++))
      }
      const missing = whyNot(one, options)
      if (missing) tell({ id: one.id, threads, note: missing })
      else await runCase(narrowed, threads, bench, tell)
      sofar(lines)
    }
  }
  return lines
}

const EFFORTS = { short: SHORT, bars: BARS, full: FULL }
const STARTS = { short: 3, bars: 5, full: 9 }

/** A whole model needs its files, and PyTorch for the answer that all are held to. */
function whyNot({ work }: Case, { python }: Options): string | undefined {
  if (work.kind !== 'model') return undefined
  return python === undefined ? 'skipped: needs --python PATH with PyTorch and transformers' : provide(work.folder)
}

/** For the bars, those that a bar is about, and the notes beside them. */
function peersOf({ id, peers: named }: Case, wanted: readonly PeerName[], { extent, browser, cases, peers }: Options): PeerName[] {
  const all = wanted.filter((name) => named.includes(name))
  if (extent !== 'bars' || cases || peers) return all
  return all.filter((name) => NOTES_ONLY.includes(name) || barred(browser ? 'browser' : 'node', id, name))
}

function lengthOf({ work }: Case): number {
  if (work.kind === 'model') return work.ids[0]!.length
  return work.kind === 'product' ? work.m : work.keys
}

function isWanted({ id, short, work }: Case, { cases, extent, browser }: Options): boolean {
  if (browser && work.kind === 'model') return false
  if (cases) return cases.some((start) => id.startsWith(start))
  if (extent === 'bars') return barred(browser ? 'browser' : 'node', id)
  return extent === 'full' || short.length > 0
}

/** The time that threads compute says nothing of how well they share work: with that clock, one thread alone. */
function threadsFor({ threads, short }: Case, { threads: asked, extent, cases, clock, browser }: Options): readonly number[] {
  if (asked) return asked
  const wanted = extent !== 'short' || cases ? threads : short
  return clock === 'cpu' && !browser ? wanted.filter((count) => count === 1) : wanted
}

function chosenPeers({ peers, python, extent }: Options): PeerName[] {
  const all: PeerName[] = ['onnxruntime-node', 'onnxruntime-web', 'litert', 'jax-js']
  if (python) all.unshift('pytorch')
  if (python && extent !== 'short') all.splice(1, 0, 'pytorch-reduced')
  if (python && extent !== 'short' && (machine().vectorBits ?? 0) > 256) all.splice(1, 0, 'pytorch-avx2')
  if (!python && peers?.some(isPython)) throw new Error('PyTorch joins when --python PATH names a Python that has it')
  return peers ? [...peers] : all
}

function versions(peers: readonly PeerName[]): Record<string, string> {
  return Object.fromEntries(
    (['regard', ...peers] as const).flatMap((name) => {
      const version = versionOf(name)
      return version ? [[LABELS[name], version]] : []
    }),
  )
}

/** The versions that only the contestants themselves know. */
function enginesOf(lines: readonly Line[]): Record<string, string> {
  const found = lines.find(({ against, other }) => against === 'pytorch' && other?.engine)
  return found ? { PyTorch: found.other!.engine!.replace('PyTorch ', '') } : {}
}

async function starting(times: number): Promise<Required<Pick<Run, 'starts' | 'firstRows'>>> {
  const starts = await start(times)
  console.log('\nFrom starting a process to the first row of attention')
  const firstRows = await measureFirstRows(times)
  for (const { model, embedded, from, ms } of firstRows)
    console.log(
      `  ${model}${embedded ? ' (embedded)' : ''}, ${FILES[from]}: ${digits(ms.median)} ms [${digits(ms.low)}–${digits(ms.high)}] of ${times}`,
    )
  if (!firstRows.some(({ embedded }) => embedded)) console.log('  skipped: there is no embedded model in models/encoder')
  return { starts, firstRows }
}

async function start(times: number): Promise<Start[]> {
  console.log('\nStarting: init() in a fresh process')
  const starts: Start[] = []
  for (const threads of [1, 2]) {
    const measured = await measureStart(threads, times)
    console.log(
      `  ${measured.engine}: ${digits(measured.ms.median)} ms [${digits(measured.ms.low)}–${digits(measured.ms.high)}] of ${times}`,
    )
    starts.push(measured)
  }
  return starts
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

try {
  await main(parseOptions(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
