/** Answers what Write asks. One text is being written: it stays, with its keys and values, until its run goes. */

import type { Writing } from 'regard/model'
import type { Answers, Desk } from '../desk.ts'
import type { Seen, WriteQuestions, Written } from '../questions/write.ts'
import { everyHead, upTo } from './every.ts'
import { inputOf } from './input.ts'

export const writeAnswers: Answers<keyof WriteQuestions> = {
  async written(desk, { run, ids, at: asked, draw, top }) {
    const writing = await writtenSoFar(desk, run, ids)
    const last = writing.tokens.length - 1
    const at = Math.min(last, Math.max(writing.given - 1, asked ?? last))
    const { id, candidates } = await writing.propose({ ...draw, top }, at)
    return {
      given: writing.given,
      probabilities: Float32Array.from(writing.logprobs, Math.exp),
      end: writing.end,
      at,
      own: await seen(desk, run, writing, 'decoder', at),
      cross: writing.source && (await seen(desk, run, writing, 'cross', at)),
      next: candidates.map(({ logprob, ...each }) => ({ ...each, probability: Math.exp(logprob) })),
      drawn: id,
    } satisfies Written
  },
}

/** A writing that is on its way belongs to whoever disposes of this. */
class Begun implements Disposable {
  readonly writing: Promise<Writing>

  constructor(writing: Promise<Writing>) {
    this.writing = writing
  }

  [Symbol.dispose](): void {
    this.writing.then(
      (writing) => writing.dispose(),
      () => {},
    )
  }
}

/** The text of a run with exactly these tokens after it: what is too much is taken back, what is missing is written. */
async function writtenSoFar(desk: Desk, run: number, ids: readonly number[]): Promise<Writing> {
  const { model } = desk
  const writing = await desk.made(run, 'writing', 0, () => new Begun(model.write(inputOf(desk.run(run))))).writing
  const there = writing.tokens.slice(writing.given).map(({ id }) => id)
  if (writing.ended !== undefined) there.push(writing.ended)
  let same = 0
  while (same < Math.min(there.length, ids.length) && there[same] === ids[same]) same++
  writing.back(there.length - same)
  if (same < ids.length) await writing.append(ids.slice(same))
  return writing
}

/** What one token gives to each of the text's, or of the source's. */
async function seen(desk: Desk, run: number, writing: Writing, kind: 'decoder' | 'cross', at: number): Promise<Seen> {
  const { config } = desk.model
  const { layers, heads } = config.decoder ?? config
  const side = kind === 'cross' ? { text: desk.run(run).text ?? '', tokens: writing.source! } : writing
  return {
    text: side.text,
    tokens: side.tokens.map(({ id, text, start, end, special }) => ({ id, text, start, end, special })),
    layers,
    heads,
    rows: await everyHead(upTo(layers), heads, (layer, head) => writing.attention(layer, head, { kind }).row(at)),
  }
}
