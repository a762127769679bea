/** Answers what Heads asks. */

import { find, heads, LABEL_RULES, LEAST_LEFT, type Look, profile, repeated, wordsOf } from 'regard/lens'
import type { Model, Run } from 'regard/model'
import type { Answers, Desk } from '../desk.ts'
import { type HeadsQuestions, MOST_TEXTS, type Texts, type Word } from '../questions/heads.ts'

export const headsAnswers: Answers<keyof HeadsQuestions> = {
  async headsMeasured(desk, texts, onProgress, signal) {
    const runs = await runsOf(desk, texts, signal)
    return { report: await heads(runs, { onProgress, signal }), rules: LABEL_RULES, leastLeft: LEAST_LEFT, words: wordsIn(runs[0]) }
  },

  async headsLooking(desk, { from, to, ...texts }, onProgress, signal) {
    const runs = await runsOf(desk, texts, signal)
    const [first, ...others] = runs
    const named = { from: nameOf(first, from), to: nameOf(first, to) }
    const each: Look[] = [{ from, to }, ...others.map(() => named)]
    return await find(runs, { each, onProgress, signal })
  },

  async headsAlike(desk, { layer, head, ...texts }, onProgress, signal) {
    return await find(await runsOf(desk, texts, signal), { like: [layer, head], onProgress, signal })
  },

  async headsRepeated(desk, _, onProgress, signal) {
    return await repeated(desk.model, { onProgress, signal })
  },

  async headsProfile(desk, { from, ...texts }, onProgress, signal) {
    return await profile(await runsOf(desk, texts, signal), { from, onProgress, signal })
  },

  async headsPartsWorth(desk, { run, from }, progress, signal) {
    const onProgress = ({ done, total }: { done: number; total: number }): void => progress(done / total)
    const { layers, measure } = await profile(desk.run(run), { from, effect: { model: desk.model, onProgress }, signal })
    return { measure: measure!, layers: layers.map(({ effect }) => effect!) }
  },
}

/** What was read beside the text at hand stays until something else is to be read. */
let beside: { readonly model: Model; readonly more: readonly string[]; readonly runs: readonly Run[] } | undefined

async function runsOf(desk: Desk, { run, more }: Texts, signal: AbortSignal): Promise<readonly [Run, ...Run[]]> {
  const same =
    beside?.model === desk.model && beside.more.length === more.length && more.every((text, n) => text === beside!.more[n])
  if (!same) {
    for (const old of beside?.runs ?? []) old.dispose()
    beside = undefined
    beside = { model: desk.model, more, runs: await read(desk.model, more, signal) }
  }
  return [desk.run(run), ...beside!.runs]
}

async function read(model: Model, texts: readonly string[], signal: AbortSignal): Promise<Run[]> {
  if (texts.length > MOST_TEXTS) throw new RangeError(`at most ${MOST_TEXTS} more texts can be read, got ${texts.length}`)
  const runs: Run[] = []
  try {
    for (const [n, text] of texts.entries()) {
      signal.throwIfAborted()
      runs.push(await model.run(text).catch((reason: Error) => Promise.reject(new RangeError(`line ${n + 1}: ${reason.message}`))))
      await new Promise((resolve) => setTimeout(resolve))
    }
    return runs
  } catch (error) {
    for (const run of runs) run.dispose()
    throw error
  }
}

function wordsIn({ tokens, text }: Run): Word[] {
  const words: Word[] = []
  const list = wordsOf(tokens, text).list.map((word): Word => [word.tokens[0]!, word.tokens.at(-1)!])
  for (let at = 0; at < tokens.length; at = words.at(-1)![1] + 1) words.push(list.find(([first]) => first === at) ?? [at, at])
  return words
}

/** As the library finds it in other texts: `it:2` for the second of two. */
function nameOf(run: Run, word: Word): string {
  const written = ([first, last]: Word): string => {
    const [from, to] = [run.tokens[first]!, run.tokens[last]!]
    return from.special || run.text === undefined ? from.text : run.text.slice(from.start, to.end).trim()
  }
  const name = written(word)
  const nth = wordsIn(run).filter((each) => each[0] <= word[0] && written(each) === name).length
  return nth > 1 ? `${name}:${nth}` : name
}
