/** docs/performance.md, from the JSON of the runs. */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { barsOf, FILES } from './bars.ts'
import { CASES, type Case, SECTIONS, type Section } from './cases.ts'
import type { Line, Side } from './compare.ts'
import type { Clock } from './contestants/host.ts'
import { bytes, callTime, digits, error, threadCount, time } from './format.ts'
import type { LadderRun, Step } from './ladder/ladder.ts'
import type { Machine } from './machine.ts'
import { type ContestantName, LABELS, NOTES_ONLY } from './peers.ts'
import type { Results, Run } from './results.ts'
import type { FirstRow, Start } from './startup.ts'
import type { Spread } from './statistics.ts'
import { busyPairs, CHANGED } from './terminal.ts'

const FILE = 'docs/performance.md'

/** → the file's name. */
export function writeDocs(results: Results): string {
  if (!results.node && !results.browser && !results.ladder)
    throw new Error('--write-docs: the JSON holds no results; run `npm run bench -- --full --json FILE` first')
  writeFileSync(fileURLToPath(new URL(`../${FILE}`, import.meta.url)), documentText(results))
  return FILE
}

export function documentText(results: Results): string {
  const { node, browser, ladder } = results
  return [
    HEAD,
    barsPart(results),
    ...(node ? widthPart(node) : []),
    ...(node ? [runPart('Node', node)] : []),
    ...(browser ? [runPart('Chromium', browser)] : []),
    ...(ladder ? [ladderPart(ladder)] : []),
    METHOD,
  ]
    .join('\n\n')
    .concat('\n')
}

const HEAD = `# Performance

Written by \`npm run bench -- --write-docs\` from the results of \`npm run bench\`; every figure is one that was measured, on the machine and the
day named above each table. Absolute figures move with the machine: only the ratios of one run compare. Losses are in the tables like
everything else.

- **GFLOP/s** counts 4·H·N²·D for attention (2·M·N·K for a product), whatever the mask skips.
- **Ratio** is the other's time over Regard's, the median over rounds in which both ran in turn, with the quartiles: above 1, Regard is faster.
- **Memory** is the peak of the process during its first call, less inputs and result, over what the same library's process needs for 16 tokens.
- **Error** is the largest difference from float64 over sampled rows, as a share of the largest value.`

function barsPart(results: Results): string {
  const rows = barsOf(results).flatMap(({ work, demand, measured }) =>
    measured.length === 0
      ? [[work, demand, '', 'not measured', '', '']]
      : measured.map(({ what, value, met, sameWidth = '' }, n) => [
          n === 0 ? work : '',
          n === 0 ? demand : '',
          what,
          value,
          met ? 'met' : '**not met**',
          sameWidth,
        ]),
  )
  const all = barsOf(results).flatMap(({ measured }) => measured)
  const met = all.filter((each) => each.met).length
  const missed = all.length - met
  return [
    '## The bars',
    `${met} of ${all.length} measurements meet the bar, ${missed} ${missed === 1 ? 'does' : 'do'} not. The last column is a note and decides nothing: the same ratio against ${LABELS['pytorch-avx2']}.`,
    table(['work', 'bar', 'measured', 'value', '', 'vectors of 256 bits'], rows),
  ].join('\n\n')
}

/** Where the processor has wider vectors than WebAssembly: what that means, in this run's own numbers. */
function widthPart({ machine: { vectorBits = 0, cpu }, lines }: Run): string[] {
  if (vectorBits <= WASM_BITS) return []
  const best = (name: ContestantName): string | undefined => {
    const rates = lines.flatMap(({ id, threads, regard, other }) =>
      threads === 1 && id.startsWith('linear-')
        ? [regard, other].flatMap((side) => (side?.name === name ? [side.denseGflops] : []))
        : [],
    )
    return rates.length === 0 ? undefined : `${LABELS[name]} ${digits(Math.max(...rates))}`
  }
  const rates = (['pytorch', 'onnxruntime-node', 'pytorch-avx2', 'regard'] as const).flatMap((name) => best(name) ?? [])
  return [
    '## Wider vectors',
    `The bars come from figures of a processor that multiplies 256 bits at a time. This one (${cpu}) multiplies ${vectorBits} (AVX-512), and PyTorch and onnxruntime-node use ` +
      `them: a multiply-add of theirs does ${vectorBits / 32} float32 at once. WebAssembly has 128 bits, which V8 joins to ${WASM_BITS} where it is asked to; no ` +
      'WebAssembly program reaches further. Where products decide, as in dense attention over long texts and in large matrix products, that is most of ' +
      `the difference.${rates.length > 0 ? ` The best rate of each on one thread, in GFLOP/s over all products of this run: ${rates.join(', ')}.` : ''} ` +
      `${LABELS['pytorch-avx2']} (\`ATEN_CPU_CAPABILITY=avx2\` and the same for its libraries) shows what is left when both have 256 bits. It is not how people run ` +
      'PyTorch here: the bars are judged against the PyTorch that is as fast as it can be.',
  ]
}

function runPart(where: string, run: Run): string {
  const sections = Object.keys(SECTIONS) as Section[]
  const parts = sections.map((section) => sectionPart(section, run.lines)).filter((part) => part !== '')
  return [`## ${where}`, runHead(run), ...parts, ...startPart(run)].join('\n\n')
}

const EXTENTS = { short: 'Short run.', bars: 'What the bars are about.', full: 'Full run.' }

function runHead({ date, machine, versions, extent, clock, kernels, changed, lines }: Run): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const { busy, pairs } = busyPairs(lines)
  const others = busy === 0 ? 'Nothing else was running.' : `Other programs used the machine just before ${busy} of ${pairs} pairs.`
  return `${date}, ${machineText(machine)}. ${named.join(', ')}, kernels ${kernels}. ${EXTENTS[extent]}${clockText(clock)} ${others}${changed ? ` ${CHANGED}` : ''}${widthText(machine)}`
}

/** Widths differ: said where it decides. */
function widthText({ vectorBits = 0 }: Machine): string {
  return vectorBits > WASM_BITS
    ? ` Native libraries use this processor’s ${vectorBits}-bit vectors; WebAssembly ends at ${WASM_BITS}.`
    : ''
}

const WASM_BITS = 256

function clockText(clock: Clock): string {
  return clock === 'cpu' ? ' Times are those that threads computed, on a machine that was not quiet.' : ''
}

function machineText({ cpu, cores, vectorBits, memoryGiB, system, node }: Machine): string {
  const wide = vectorBits ? ` with ${vectorBits}-bit vectors` : ''
  return `${cpu}, ${cores} cores${wide}, ${memoryGiB} GiB, ${system}, Node ${node}`
}

function sectionPart(section: Section, lines: readonly Line[]): string {
  const cases = CASES.filter((one) => one.section === section)
  const rows = cases.flatMap((one) =>
    caseRows(
      one,
      lines.filter(({ id }) => id === one.id),
    ),
  )
  if (rows.length === 0) return ''
  const head = ['', 'threads', '', 'time', 'GFLOP/s', 'memory', 'error', 'ratio']
  return `### ${SECTIONS[section]}\n\n${table(head, rows)}`
}

function caseRows(one: Case, lines: readonly Line[]): string[][] {
  return [...new Set(lines.map(({ threads }) => threads))].flatMap((threads) => {
    const here = lines.filter((line) => line.threads === threads)
    return one.baseline ? here.map((line) => baselineRow(one, line)) : pairRows(one, here)
  })
}

function pairRows(one: Case, lines: readonly Line[]): string[][] {
  const first = lines.find(({ regard }) => regard)
  const own = [
    one.title,
    String(lines[0]!.threads),
    ...sideCells('**Regard**', first?.regard, one, first ? '' : (lines[0]!.note ?? '')),
  ]
  const others = lines.flatMap((line) =>
    line.against ? [['', '', ...sideCells(peerLabel(line), line.other, one, compared(line))]] : [],
  )
  return [own, ...others]
}

function peerLabel({ against, other }: Line): string {
  const name = LABELS[against!]
  const noted = (NOTES_ONLY as readonly string[]).includes(against!) ? ' (a note, no bar)' : ''
  return `${name}${other?.variant && other.variant !== 'XNNPACK' ? ` \`${other.variant}\`` : ''}${noted}`
}

function compared({ ratio, note }: Line): string {
  return [ratio ? ratioText(ratio) : '', note ?? ''].filter((text) => text !== '').join('; ')
}

function ratioText({ median, low, high }: Spread): string {
  return `${digits(median)} (${digits(low)}–${digits(high)})`
}

function sideCells(name: string, side: Side | undefined, { work }: Case, end: string): string[] {
  if (!side) return [name, '', '', '', '', end]
  return [
    name,
    callTime(side.ms, work),
    work.kind === 'weights' ? '' : digits(side.denseGflops),
    bytes(side.extraBytes),
    error(side.error),
    end,
  ]
}

function baselineRow(one: Case, { threads, regard, other, ratio, note }: Line): string[] {
  if (!regard || !other || !ratio) return [one.title, String(threads), '', '', '', '', '', note ?? '']
  const against = `${ratioText(ratio)} × the time of ${one.baseline!.title} (${time(other.ms)})`
  return [
    one.title,
    String(threads),
    'Regard',
    time(regard.ms),
    digits(regard.denseGflops),
    bytes(regard.extraBytes),
    error(regard.error),
    against,
  ]
}

function startPart({ starts = [], firstRows = [] }: Run): string[] {
  return [...initPart(starts), ...firstRowPart(firstRows)]
}

function firstRowPart(firstRows: readonly FirstRow[]): string[] {
  if (firstRows.length === 0) return []
  const warm = firstRows.every(({ compiled }) => compiled)
    ? ' and what Node compiled of them in Node’s, which the command line turns on (the first start of all takes longer)'
    : ''
  const rows = firstRows.map(({ model, embedded, from, ms }) => [
    `${model}${embedded ? ' (embedded)' : ''}`,
    FILES[from],
    `${digits(ms.median)} ms (${digits(ms.low)}–${digits(ms.high)})`,
  ])
  return [
    '### From nothing to the first row',
    `A fresh process, its files in the cache of the system${warm}: Node starts, Regard is loaded (from its sources, as \`npm start\` does, or as it is published) and started, the model is loaded, a sentence is read, one row of attention is there.`,
    table(['model', '', 'time'], rows),
  ]
}

function initPart(starts: readonly Start[]): string[] {
  if (starts.length === 0) return []
  const rows = starts.map(({ threads, engine, ms }) => [
    threadCount(threads),
    engine,
    `${digits(ms.median)} ms (${digits(ms.low)}–${digits(ms.high)})`,
  ])
  return [
    `### Starting\n\n\`init()\` in a fresh process: compiling the kernels, starting threads, the check against the reference.\n\n${table(['', 'engine', 'time'], rows)}`,
  ]
}

function ladderPart({ date, machine, length, clock, rungs }: LadderRun): string {
  const rows = rungs.map(({ number, name, side, note }, n) => {
    const before = rungs[n - 1]?.side
    if (!side) return [String(number), name, '', '', '', note ?? '']
    return [
      String(number),
      name,
      digits(side.denseGflops),
      time(side.ms),
      before ? `${digits(before.ms / side.ms)} ×` : '',
      error(side.error),
    ]
  })
  return [
    '## The ladder',
    `The kernels from the plainest loop to the product, one head of ${length} tokens, D = 64, one thread where nothing else is said. Each rung is a file or two in ` +
      '[bench/ladder/rungs](../bench/ladder/rungs) and can be run: `npm run bench -- --ladder --rung N`.',
    `${date}, ${machineText(machine)}.${clockText(clock)}`,
    table(['', 'rung', 'GFLOP/s', 'time', 'over the last', 'error'], rows),
    rungs.map(storyText).join('\n'),
  ].join('\n\n')
}

function storyText({ number, name, story }: Step): string {
  return `${number}. **${name[0]!.toUpperCase()}${name.slice(1)}.** ${story}`
}

const METHOD = `## How it is measured

- Every contestant runs in a process (in Chromium: a page) of its own, in its best configuration: onnxruntime by the fastest of its operators
  (MultiHeadAttention, ai.onnx Attention, GroupQueryAttention), weights as constants that it may pack beforehand; PyTorch by
  \`scaled_dot_product_attention\`, or compiled \`flex_attention\` where it is faster for a mask; the WebAssembly peers under Node with V8's 256-bit tier
  switched on, as Regard switches it on itself. Threads are set in each.
- Inputs are the same numbers in every process (a seeded generator, normal with variance 1), in the layout the library prefers. Putting them
  there is not timed. The result stays in the library's memory.
- Whole models are opened from one folder by both sides and given the same ids. all-MiniLM-L6-v2 is the public checkpoint; the GPT-2 and the model that
  learns have the sizes of real ones and random numbers, which the benchmark writes once to \`bench/build\` (no download). PyTorch runs transformers' own code,
  eager, with \`scaled_dot_product_attention\`, without the parts that are not asked for (pooler, scores of all but the last token). Regard keeps all
  that it needs to show attention afterwards. A learner's first four losses are compared, a decoder's scores of all words after one token.
- *PyTorch in fewer bits* is the fastest of bfloat16, float16 and int8 (\`quantize_dynamic\`): with AMX the processor multiplies bfloat16 in hardware.
- A first call (memory is taken here), a warm-up, then rounds: A then B, B then A, each sample some calls in a row after an untimed one.
- Sampled rows of every answer are compared with a float64 computation; an answer further off than 0.001 of the largest value is marked wrong
  (0.01 with float16 weights, 0.05 with bfloat16 and 0.2 with int8: they are compared with the answer of the unrounded ones). For whole models the float64 is PyTorch's.
- \`npm run bench\` is the short run (under two minutes); \`--bars\` what the bars are about; \`--full\` every case; \`--browser\` is the same in Chromium; \`--python PATH\` lets PyTorch join.`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
