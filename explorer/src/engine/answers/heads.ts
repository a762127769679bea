/** Answers what Heads asks. */

import {
  find,
  heads,
  LABEL_RULES,
  LEAST_LEFT,
  type Look,
  openableOf,
  opening,
  profile,
  repeated,
  type SideText,
  sideOf,
  sightOf,
  wordsOf,
} from 'regard/lens'
import type { Model, Run } from 'regard/model'
import type { Answers, Desk } from '../desk.ts'
import {
  type AnswerKind,
  type Attended,
  type HeadsQuestions,
  MOST_TEXTS,
  type Texts,
  type Word,
  type WrittenSide,
} from '../questions/heads.ts'
import { answeredRun, answerTo } from './answered.ts'

export const headsAnswers: Answers<keyof HeadsQuestions> = {
  async headsMeasured(desk, texts, onProgress, signal) {
    const { kind } = texts
    const runs = await runsOf(desk, texts, signal)
    const [first] = runs
    return {
      report: await heads(runs, { kind, onProgress, signal }),
      rules: LABEL_RULES,
      leastLeft: LEAST_LEFT,
      words: wordsIn(sideOf(first, 0, reads(first))),
      written: kind && (await writtenIn(first, kind)),
    }
  },

  async headsLooking(desk, { from, to, ...texts }, onProgress, signal) {
    const { kind } = texts
    const runs = await runsOf(desk, texts, signal)
    const [first, ...others] = runs
    const { rows, columns } = sightOf('find', first, kind)
    const named = { from: nameOf(sideOf(first, 0, rows), from), to: nameOf(sideOf(first, 0, columns), to) }
    const each: Look[] = [{ from, to }, ...others.map(() => named)]
    return await find(runs, { each, kind, onProgress, signal })
  },

  async headsAlike(desk, { layer, head, ...texts }, onProgress, signal) {
    const { kind } = texts
    return await find(await runsOf(desk, texts, signal), { like: [layer, head], kind, onProgress, signal })
  },

  async headsRepeated(desk, _, onProgress, signal) {
    return await repeated(desk.model, { onProgress, signal })
  },

  async headsProfile(desk, { from, ...texts }, onProgress, signal) {
    return await profile(await runsOf(desk, texts, signal), { from, kind: texts.kind, onProgress, signal })
  },

  async headsPartsWorth(desk, { from, ...text }, progress, signal) {
    const onProgress = ({ done, total }: { done: number; total: number }): void => progress(done / total)
    const run = await runOf(desk, text, signal)
    const { layers, measure } = await profile(run, { from, kind: text.kind, effect: { model: desk.model, onProgress }, signal })
    return { measure: measure!, layers: layers.map(({ effect }) => effect!) }
  },
}

/** What was read beside the text at hand stays until something else is to be read. */
let beside:
  | { readonly model: Model; readonly more: readonly string[]; readonly replied: boolean; readonly runs: readonly Run[] }
  | undefined

async function runsOf(desk: Desk, { more, ...text }: Texts, signal: AbortSignal): Promise<readonly [Run, ...Run[]]> {
  const first = await runOf(desk, text, signal)
  const { model } = desk
  const replied = text.kind !== undefined
  const known = beside?.model === model && beside.replied === replied && beside.more.length === more.length
  if (!known || !more.every((text, n) => text === beside!.more[n])) {
    for (const old of beside?.runs ?? []) old.dispose()
    beside = undefined
    beside = { model, more, replied, runs: await read(model, more, replied, signal) }
  }
  return [first, ...beside!.runs]
}

/** The text at hand; with what was written in answer where that looks. */
const runOf = async (desk: Desk, { run, kind, target }: Attended, signal: AbortSignal): Promise<Run> =>
  kind === undefined ? desk.run(run) : await answeredRun(desk, run, target, signal)

async function read(model: Model, texts: readonly string[], replied: boolean, signal: AbortSignal): Promise<Run[]> {
  if (texts.length > MOST_TEXTS) throw new RangeError(`at most ${MOST_TEXTS} more texts can be read, got ${texts.length}`)
  const runs: Run[] = []
  try {
    for (const [n, text] of texts.entries()) {
      signal.throwIfAborted()
      const run = async (): Promise<Run> => model.run(replied ? await answerTo(model, text, signal) : text)
      runs.push(
        await run().catch((reason: Error) =>
          Promise.reject(signal.aborted ? reason : new RangeError(`line ${n + 1}: ${reason.message}`)),
        ),
      )
      await new Promise((resolve) => setTimeout(resolve))
    }
    return runs
  } catch (error) {
    for (const run of runs) run.dispose()
    throw error
  }
}

/** The half that reads. */
const reads = ({ config }: Run) => (config.kind === 'decoder' ? 'decoder' : 'encoder')

async function writtenIn(run: Run, kind: AnswerKind): Promise<WrittenSide> {
  const side = sideOf(run, 0, 'decoder')
  const { layer, head, row, column } = await opening(openableOf(run, kind))
  return {
    text: side.text ?? '',
    tokens: side.tokens.map(({ id, text, start, end, special }) => ({ id, text, start, end, special })),
    words: wordsIn(side),
    opening: { layer, head, token: row, column },
  }
}

function wordsIn({ tokens, text }: SideText): Word[] {
  const words: Word[] = []
  const list = wordsOf(tokens, text).list.map((word): Word => [word.tokens[0]!, word.tokens.at(-1)!])
  for (let at = 0; at < tokens.length; at = words.at(-1)![1] + 1) words.push(list.find(([first]) => first === at) ?? [at, at])
  return words
}

/** As the library finds it in other texts: `it:2` for the second of two. */
function nameOf(side: SideText, word: Word): string {
  const { tokens, text } = side
  const written = ([first, last]: Word): string => {
    const [from, to] = [tokens[first]!, tokens[last]!]
    return from.special || text === undefined ? from.text : text.slice(from.start, to.end).trim()
  }
  const name = written(word)
  const nth = wordsIn(side).filter((each) => each[0] <= word[0] && written(each) === name).length
  return nth > 1 ? `${name}:${nth}` : name
}
