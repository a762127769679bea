/** The command line of the benchmark. */

import { parseArgs } from 'node:util'
import type { PeerName } from './cases.ts'
import type { Clock } from './contestants/host.ts'
import type { Extent } from './results.ts'

export interface Options {
  /** Every case and more rounds; what the bars are about; or the short run, under two minutes. */
  readonly extent: Extent
  /** Goes on where a run that was broken off ended. */
  readonly resume: boolean
  readonly peers: readonly PeerName[] | undefined
  /** Ids of cases, or the beginnings of ids. */
  readonly cases: readonly string[] | undefined
  readonly threads: readonly number[] | undefined
  /** How long to wait before each pair for other programs to be quiet. */
  readonly patienceMs: number
  readonly clock: Clock
  readonly json: string | undefined
  readonly python: string | undefined
  readonly browser: boolean
  readonly chromium: string
  readonly ladder: boolean
  readonly rung: number | undefined
  readonly writeDocs: boolean
  readonly list: boolean
  readonly help: boolean
}

export const HELP = `npm run bench -- [options]

Pairs Regard with each peer in turn on the same inputs, checks the answers against float64, and prints medians of paired ratios.
Without options: the short run, under two minutes.

  --full            every case, more rounds (about an hour)
  --bars            the cases and peers that a bar is about (about ten minutes)
  --short           the short run (the default)
  --peer NAME       only these peers: onnxruntime-node, onnxruntime-web, litert, jax-js, pytorch, pytorch-avx2, pytorch-reduced, none
                    (repeat, or a,b)
  --case ID         only cases whose id begins so, all their sizes (repeat, or a,b); --list shows the ids
  --threads 1,2     only these numbers of threads
  --python PATH     a Python that has PyTorch (and transformers, for whole models): it joins as a peer
  --patience S      waits up to S seconds before each pair until other programs leave the machine alone (default 0)
  --clock cpu       counts the time that threads compute instead of the time that passes: for a machine that is not quiet, one thread
  --json FILE       writes the results to FILE, case by case; sections of another kind that are already in it stay (Node, browser, ladder)
  --resume          keeps the cases that FILE already has of the same machine, build and options, and measures the rest
  --browser         the same comparison in Chromium: relaxed 128-bit SIMD, no 256-bit tier
  --chromium PATH   the browser to start (default: /usr/bin/chromium)
  --ladder          the kernels rung by rung, from the plainest loop to the product
  --rung N          only rung N of the ladder
  --write-docs      measures nothing: writes docs/performance.md from the JSON (default bench/results.json)
  --list            the cases
  --help            this`

const PEERS: readonly PeerName[] = [
  'onnxruntime-node',
  'onnxruntime-web',
  'litert',
  'jax-js',
  'pytorch',
  'pytorch-avx2',
  'pytorch-reduced',
]

/** Throws an error fit to be shown when an option is unknown or its value is not possible. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options: SHAPE, allowPositionals: false })
  const threads = list(values.threads)?.map((text) => wholeNumber('--threads', text, 1, 64))
  return {
    extent: extentOf(values),
    resume: resumed(values),
    peers: list(values.peer)?.flatMap((name) => (name === 'none' ? [] : [peer(name)])),
    cases: list(values.case),
    threads,
    patienceMs: 1000 * wholeNumber('--patience', values.patience ?? '0', 0, 3600),
    clock: clockOf(values.clock),
    json: values.json,
    python: values.python,
    browser: values.browser ?? false,
    chromium: values.chromium ?? '/usr/bin/chromium',
    ladder: (values.ladder ?? false) || values.rung !== undefined,
    rung: values.rung === undefined ? undefined : wholeNumber('--rung', values.rung, 0, 99),
    writeDocs: values['write-docs'] ?? false,
    list: values.list ?? false,
    help: values.help ?? false,
  }
}

const SHAPE = {
  full: { type: 'boolean' },
  bars: { type: 'boolean' },
  short: { type: 'boolean' },
  resume: { type: 'boolean' },
  peer: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  threads: { type: 'string', multiple: true },
  patience: { type: 'string' },
  clock: { type: 'string' },
  json: { type: 'string' },
  python: { type: 'string' },
  browser: { type: 'boolean' },
  chromium: { type: 'string' },
  ladder: { type: 'boolean' },
  rung: { type: 'string' },
  'write-docs': { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function extentOf(values: Partial<Record<Extent, boolean>>): Extent {
  const given = (['full', 'bars', 'short'] as const).filter((name) => values[name])
  if (given.length > 1) throw new Error(`${given.map((name) => `--${name}`).join(' and ')} exclude one another`)
  return given[0] ?? 'short'
}

function resumed({ resume = false, json }: { resume?: boolean; json?: string }): boolean {
  if (resume && json === undefined) throw new Error('--resume needs --json FILE: it goes on with what the file holds')
  return resume
}

function list(values: readonly string[] | undefined): string[] | undefined {
  return values
    ?.flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

function peer(name: string): PeerName {
  const found = PEERS.find((each) => each === name)
  if (!found) throw new Error(`--peer: there is no peer '${name}'; the peers are ${PEERS.join(', ')}, or none`)
  return found
}

function clockOf(name = 'wall'): Clock {
  if (name === 'wall' || name === 'cpu') return name
  throw new Error(`--clock: needs wall or cpu, got '${name}'`)
}

function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < low || value > high)
    throw new Error(`${option}: needs a whole number from ${low} to ${high}, got '${text}'`)
  return value
}
