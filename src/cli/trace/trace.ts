/** `regard trace`: all of a run in one file. */

import { type LayerLengths, lengths, type Trace, trace } from '../../lens/index.ts'
import { bytesSource, type Edits, openSafetensors } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { editsOf } from '../lens/edits.ts'
import type { KindOptions } from '../lens/kind.ts'
import { about, bars, type Column, decimal, noted, said, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report, type Table } from '../lens/report.ts'
import { inputFor, sightFor, writtenIn } from '../lens/sight.ts'
import { type ModelOptions, textOf, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { linePlot, type Picture, type Series } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless, padStart, together } from '../terminal/width.ts'

export interface TraceOptions extends ModelOptions, Output, Pick<KindOptions, 'target'> {
  readonly out: string
  readonly edits?: string | undefined
  readonly logits: boolean
}

export async function traceCommand(given: string, options: TraceOptions, console: Console): Promise<void> {
  checkOutput(options)
  const { out, target, logits } = options
  const edits = await editsOf(options.edits)
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    const { model } = loaded
    sightFor(model, { target })
    const input = await inputFor(model, text, { target }, { rows: model.config.kind === 'encoder' ? 'encoder' : 'decoder' }, signal)
    using kept = await trace(model, input, edits && { edits }).catch(problem)
    const saved = await kept.save(out, { logits }).catch((error) => unwritten(error, out))
    const { tensors } = await openSafetensors(bytesSource(saved, out))
    const held = new Map([...tensors].map(([name, { shape }]) => [name, shape]))
    const scene = { loaded, text, kept, edits, out, size: saved.length, held, layers: await lengths(kept) }
    await give(report(scene, console.screen), options, console)
  })
}

interface Scene {
  readonly loaded: Loaded
  readonly text: string
  readonly kept: Trace
  readonly edits: Edits | undefined
  readonly out: string
  /** Of the file, in bytes. */
  readonly size: number
  /** The shape of every tensor in it. */
  readonly held: ReadonlyMap<string, readonly number[]>
  readonly layers: readonly LayerLengths[]
}

function report(scene: Scene, screen: Screen): Report {
  return { lines: () => lines(scene, screen), json: () => json(scene), csv: () => csv(scene), picture: () => picture(scene) }
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, kept, edits, out, size, held } = scene
  const paint = paintFor(screen)
  const { layers, heads } = loaded.model.config
  const written = writtenIn(kept)
  const answer = written === undefined ? '' : `, and of “${harmless(written)}” that it wrote,`
  return [
    ...said(
      `wrote ${out}: ${together(bytes(size))}, ${held.size} tensors of ${kept.tokens.length} tokens${answer} in ${together(`${layers} layers`)} × ${together(`${heads} heads`)} of ${loaded.model.name}`,
      screen,
    ),
    ...(edits ? said(`read with these edits: ${JSON.stringify(edits)}`, screen) : []),
    '',
    ...steps(scene, screen, paint),
    '',
    ...noted(
      `How long the vectors are as they come to a layer, and how long is what its steps add: means over ${plural(kept.tokens.length, 'token')}${written === undefined ? '' : ' read and those written'}.`,
      screen,
      paint,
    ),
    ...noted('Any weight is in the file: openTrace of regard/lens opens it (docs/lens/trace.md), no model needed.', screen, paint),
  ]
}

const BAR = 10

function steps({ layers }: Scene, screen: Screen, paint: Paint): string[] {
  const two = layers.some(({ kind }) => kind !== layers[0]!.kind)
  const most = Math.max(...layers.flatMap(({ attention, cross = 0, feedForward }) => [attention, cross, feedForward]))
  const column = (title: string, values: readonly (number | undefined)[]): Column => {
    const long = bars(values, most, BAR)
    return {
      title,
      cells: values.map((value, n) => (value === undefined ? undefined : `${padStart(decimal(value, 2), 6)} ${long[n]}`)),
      left: true,
    }
  }
  return table(
    [
      { title: 'layer', cells: layers.map(({ kind, layer }) => (two ? `${kind} ${layer}` : String(layer))), left: two },
      { title: 'stream', cells: layers.map(({ stream }) => decimal(stream, 2)) },
      column(
        'attention adds',
        layers.map(({ attention }) => attention),
      ),
      ...(two
        ? [
            column(
              'the look across adds',
              layers.map(({ cross }) => cross),
            ),
          ]
        : []),
      column(
        'feed-forward adds',
        layers.map(({ feedForward }) => feedForward),
      ),
    ],
    screen,
    paint,
  )
}

function json({ loaded, text, kept, edits, out, size, held, layers }: Scene): object {
  return {
    command: 'trace',
    ...about(loaded),
    file: out,
    bytes: size,
    text,
    ...answer(kept),
    ...(edits && { edits }),
    tokens: kept.tokens,
    layers,
    tensors: Object.fromEntries(held),
  }
}

function csv({ layers }: Scene): Table {
  return {
    columns: ['kind', 'layer', 'stream', 'attention', 'cross', 'feed_forward'],
    rows: layers.map(({ kind, layer, stream, attention, cross, feedForward }) => [
      kind,
      layer,
      stream,
      attention,
      cross,
      feedForward,
    ]),
  }
}

function picture({ loaded, kept, layers }: Scene): Picture {
  const two = layers.some(({ kind }) => kind !== layers[0]!.kind)
  const line = (name: string, of: (each: LayerLengths) => number | undefined, dash?: number[]): Series => ({
    name,
    draw: 'both',
    points: layers.flatMap((each, at) => {
      const value = of(each)
      return value === undefined ? [] : [[at, value] as const]
    }),
    ...(dash && { dash }),
  })
  return linePlot({
    title: `${loaded.model.name}: the stream, and what each layer adds to it`,
    caption: [`Means over the tokens of the lengths of vectors. One text, ${plural(kept.tokens.length, 'token')}.`],
    x: { title: 'layer', ticks: layers.map(({ kind, layer }, at) => ({ at, says: two ? `${kind[0]}${layer}` : String(layer) })) },
    y: { title: 'length', from: 0 },
    series: [
      line('stream', ({ stream }) => stream),
      line('attention adds', ({ attention }) => attention, [8, 3]),
      ...(two ? [line('the look across adds', ({ cross }) => cross, [9, 3, 2, 3])] : []),
      line('feed-forward adds', ({ feedForward }) => feedForward, [2, 3]),
    ],
  })
}

/** Of an encoder–decoder also what it wrote. */
function answer(kept: Trace): object {
  const written = writtenIn(kept)
  return written === undefined ? {} : { written, writtenTokens: kept.tokensOf(0, { kind: 'decoder' }) }
}

/** What the library refuses is a mistake of the call, in one line. */
function problem(error: unknown): never {
  if (error instanceof TypeError || error instanceof RangeError) throw new Problem(error.message)
  throw error
}

function unwritten(error: unknown, out: string): never {
  if (error instanceof Error && 'code' in error)
    throw new Problem(`--out: cannot write ${JSON.stringify(out)}: ${error.message.split(',')[0]}`)
  problem(error)
}

function bytes(size: number): string {
  const [unit, by] = size < 1e6 ? ['kB', 1e3] : size < 1e9 ? ['MB', 1e6] : ['GB', 1e9]
  return `${Number((size / (by as number)).toPrecision(3))} ${unit}`
}
