/**
 * A use of the operator whose answer can be worked out by hand, as text for a user's project and as numbers. The queries are 0, so all
 * scores are 0 and a row spreads its weight evenly over the keys that it may see: causal, row r sees r + 1 keys, each gets 1/(r + 1),
 * the output is the mean of their values, lse = ln(r + 1).
 */

export const ATTEND = `
import { attention, attentionWeights, init, tensor } from 'regard'

export async function attend() {
  const info = await init()
  const q = tensor(new Float32Array(6), [1, 1, 3, 2])
  const k = tensor(new Float32Array([1, 2, 3, 4, 5, 6]), [1, 1, 3, 2])
  const v = tensor(new Float32Array([0, 3, 6, 9, 3, 9]), [1, 1, 3, 2])
  const { output, lse } = attention(q, k, v, { causal: true })
  const weights = attentionWeights(q, k, { causal: true })
  return {
    backend: info.backend,
    threads: (await info.settled()).threads,
    output: [...await output.read()],
    lse: [...await lse.read()],
    weights: [...await weights.read()],
  }
}
`

/** A page's script that leaves the answer, or what went wrong, in `window.answer`. */
export const PAGE = `
import { attend } from './attend.js'

attend().then(
  (answer) => (window.answer = { ...answer, isolated: crossOriginIsolated, cores: navigator.hardwareConcurrency }),
  (error) => (window.answer = String(error)),
)
`

export const EXPECTED = {
  output: [0, 3, 3, 6, 3, 7],
  lse: [0, Math.log(2), Math.log(3)],
  weights: [1, 0, 0, 1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3],
}

/** Asks the embedded models, one after the other, and disposes each. */
export const ASK = `
import { loadModel } from 'regard/model'

export async function ask() {
  const encoder = await loadModel()
  const text = "The animal didn't cross the street because it was too tired."
  const run = await encoder.run(text)
  const it = run.tokens.findIndex(({ start }) => start === text.indexOf(' it ') + 1)
  const { vocabulary } = encoder.config
  const scores = (await run.logits.read()).subarray(it * vocabulary, (it + 1) * vocabulary)
  const said = encoder.tokenizer.decode([scores.indexOf(scores.reduce((a, b) => Math.max(a, b)))]).trim()
  const hardly = encoder.seen.hardly('A quokka slept.').length
  run.dispose()
  encoder.dispose()
  return { said, hardly, date: await written('translator', 'the ninth of March twenty twenty one'), text: await written('decoder', 'The people of') }
}

async function written(name, text) {
  const model = await loadModel(name)
  let all = ''
  for await (const { text: part } of model.generate(text, { maxNewTokens: 12 })) all += part
  model.dispose()
  return all.trim()
}
`

/** A page's script that leaves what they say, or what went wrong, in `window.answer`. */
export const ASKING = `
import { ask } from './ask.js'

ask().then(
  (answer) => (window.answer = answer),
  (error) => (window.answer = String(error)),
)
`
