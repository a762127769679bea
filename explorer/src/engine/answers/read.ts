/** Answers what Read asks. */

import { scope, sub, type Tensor, tensor } from 'regard'
import { type OpeningOptions, opening } from 'regard/lens'
import type { AttentionView, Model, Run, Token } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { Head } from '../protocol.ts'
import { OPENED_WHOLE, type ReadQuestions, SHORT, type Wishes } from '../questions/read.ts'
import { everyHead, upTo } from './every.ts'

export const readAnswers: Answers<keyof ReadQuestions> = {
  async read(desk, { text, beside }) {
    const from = performance.now()
    const run = await desk.model.run(text)
    const number = desk.keep(run, beside ? 'beside' : 'text')
    const { layers, heads } = desk.model.config
    const weights =
      run.tokens.length <= SHORT
        ? await everyHead(upTo(layers), heads, (layer, head) => run.attention(layer, head).all())
        : undefined
    return {
      run: number,
      text,
      tokens: run.tokens.map(({ id, text: piece, start, end, special }) => ({ id, text: piece, start, end, special })),
      hardly: hardlySeen(run, desk.model),
      layers,
      heads,
      milliseconds: performance.now() - from,
      weights,
    }
  },

  async opening(desk, { run, wishes }) {
    const read = desk.run(run)
    const { layer, head, row, column, reason } = await opening(read, openingOptions(read, wishes))
    return { layer, head, token: row, column, reason }
  },

  async picture(desk, { run, layer, head, row, window }) {
    const view = desk.run(run).attention(layer, head)
    const { r0, r1, c0, c1 } = window
    return { row: await view.row(row), tile: await view.tile(r0, r1, c0, c1) }
  },

  async difference(desk, { first, second, layer, head, pairs, from }) {
    const views = [first, second].map((run) => desk.run(run).attention(layer, head)) as [AttentionView, AttentionView]
    const at = [0, 1].map((side) => pairs.map((pair) => pair[side]!)) as [number[], number[]]
    const rows = await Promise.all(views.map(async (view, side) => pick(await view.row(at[side]![from]!), at[side]!)))
    const whole =
      pairs.length > SHORT
        ? undefined
        : await Promise.all(views.map(async (view, side) => square(await view.all(), view.cols, at[side]!)))
    return {
      firstRow: rows[0]!,
      secondRow: rows[1]!,
      row: await less(rows[1]!, rows[0]!),
      all: whole && (await less(whole[1]!, whole[0]!)),
    }
  },
}

/** A wish for both layer and head leaves the rule nothing to choose, so it chooses freely and the page takes the wish. */
function openingOptions(run: Run, { layer, head, token, offset }: Wishes): OpeningOptions {
  const { layers, heads } = run.config
  const within = (n: number | Head | undefined, end: number): number | undefined =>
    typeof n === 'number' && n < end ? n : undefined
  const at = offset === undefined ? -1 : run.tokens.findIndex(({ start, end }) => start <= offset && offset < end)
  const free = layer !== undefined && head !== undefined
  const named = within(token, run.tokens.length) ?? (at < 0 ? undefined : at)
  return {
    token: named ?? (run.tokens.length > OPENED_WHOLE ? run.tokens.findLastIndex(isWord(run)) : undefined),
    layer: free ? undefined : within(layer, layers),
    head: free ? undefined : within(head, heads),
  }
}

const isWord =
  ({ text }: Run) =>
  ({ start, end, special }: Token): boolean =>
    !special && (text === undefined || /[\p{L}\p{N}]/u.test(text.slice(start, end)))

function hardlySeen({ text, tokens }: Run, { seen }: Model): boolean[] {
  const words = (text !== undefined && seen?.hardly(text)) || []
  return tokens.map(({ start, end, special }) => !special && words.some((word) => start < word.end && word.start < end))
}

const pick = (row: Float32Array, columns: readonly number[]): Float32Array => Float32Array.from(columns, (column) => row[column]!)

/** The rows and columns `of` a matrix that is `width` wide. */
const square = (matrix: Float32Array, width: number, of: readonly number[]): Float32Array =>
  Float32Array.from({ length: of.length ** 2 }, (_, n) => matrix[of[Math.floor(n / of.length)]! * width + of[n % of.length]!]!)

/** a − b */
async function less(a: Float32Array, b: Float32Array): Promise<Float32Array> {
  const made = subtracted(a, b)
  try {
    return (await made.read()) as Float32Array
  } finally {
    made.dispose()
  }
}

function subtracted(a: Float32Array, b: Float32Array): Tensor {
  using s = scope()
  return s.keep(sub(tensor(a, [a.length]), tensor(b, [b.length])))
}
