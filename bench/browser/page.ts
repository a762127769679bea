/** A contestant's own page: `page.html?NAME`. The main process calls `answer`. */

import type { Contestant } from '../contestants/contestant.ts'
import { type Answer, Host, type Question } from '../contestants/host.ts'

/** An answer whose numbers travel as a plain array. */
export type PlainAnswer = Omit<Answer, 'data'> & { readonly data?: readonly number[] }

declare global {
  var answer: (question: Question) => Promise<PlainAnswer>
}

const host = load(location.search.slice(1)).then((contestant) => new Host(contestant))

globalThis.answer = async (question) => {
  const { data, ...rest } = await (await host).answer(question)
  return data ? { ...rest, data: [...data] } : rest
}

async function load(name: string): Promise<Contestant> {
  if (name === 'regard') return (await import('../contestants/regard.ts')).regard()
  if (name === 'onnxruntime-web') return (await import('../contestants/onnxruntime-web.ts')).onnxruntimeWeb
  if (name === 'litert') return (await import('../contestants/litert-page.ts')).litertPage
  if (name === 'jax-js') return (await import('../contestants/jax.ts')).jax
  throw new Error(`${name} does not run in a page`)
}
