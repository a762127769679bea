/** Answers what Read asks. */

import { type OpeningOptions, opening } from 'regard/lens'
import type { Run } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { Head } from '../protocol.ts'
import { type ReadQuestions, SHORT, type Wishes } from '../questions/read.ts'

export const readAnswers: Answers<keyof ReadQuestions> = {
  async read(desk, { text }) {
    const from = performance.now()
    const run = await desk.model.run(text)
    const number = desk.keep(run)
    const { layers, heads } = desk.model.config
    const weights = run.tokens.length <= SHORT ? await every(run, range(layers), heads) : undefined
    return {
      run: number,
      text,
      tokens: run.tokens.map(({ id, text: piece, start, end, special }) => ({ id, text: piece, start, end, special })),
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

  async layer(desk, { run, layer }) {
    return every(desk.run(run), [layer], desk.model.config.heads)
  },
}

/** A wish for both layer and head leaves the rule nothing to choose, so it chooses freely and the page takes the wish. */
function openingOptions(run: Run, { layer, head, token, offset }: Wishes): OpeningOptions {
  const { layers, heads } = run.config
  const within = (n: number | Head | undefined, end: number): number | undefined =>
    typeof n === 'number' && n < end ? n : undefined
  const at = offset === undefined ? -1 : run.tokens.findIndex(({ start, end }) => start <= offset && offset < end)
  const free = layer !== undefined && head !== undefined
  return {
    token: within(token, run.tokens.length) ?? (at < 0 ? undefined : at),
    layer: free ? undefined : within(layer, layers),
    head: free ? undefined : within(head, heads),
  }
}

/** The whole matrices of these layers: [layers, heads + 1, L, L], the mean last. */
async function every(run: Run, layers: readonly number[], heads: number): Promise<Float32Array<ArrayBuffer>> {
  const size = run.tokens.length ** 2
  const which: readonly Head[] = [...range(heads), 'mean']
  const out = new Float32Array(layers.length * which.length * size)
  let at = 0
  for (const layer of layers)
    for (const head of which) {
      out.set(await run.attention(layer, head).all(), at)
      at += size
    }
  return out
}

const range = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
