/** `regard train`: trains a model by a recipe, shows how it goes, and can be stopped and resumed at any time. */

import { join } from 'node:path'
import { init } from '../../backend/index.ts'
import { findRecipe, progressLine, train as run, type Scores } from '../../training/index.ts'
import type { Console } from '../console.ts'

export interface TrainCommandOptions {
  readonly out?: string | undefined
  readonly resume?: boolean | undefined
  readonly steps?: number | undefined
  readonly threads?: number | undefined
}

export async function train(
  name: string,
  { out, resume = false, steps, threads }: TrainCommandOptions,
  console: Console,
): Promise<string> {
  const recipe = await findRecipe(name)
  await init(threads === undefined ? {} : { threads })
  const folder = out ?? join('trained', recipe.name)
  const stop = new AbortController()
  void console.ended().then(() => stop.abort())
  try {
    const {
      finished,
      steps: done,
      seconds,
    } = await run(recipe, {
      folder,
      resume,
      until: steps,
      stop: stop.signal,
      onStep: (standing) => console.progress(progressLine(standing, console.screen.columns - 1)),
      onScores: (step, scores) => {
        console.progress('')
        console.print(scoreLine(step, scores))
      },
    })
    const time = `${Math.round(seconds / 60)} min`
    return finished
      ? `${folder}: trained in ${done} steps, ${time}. Read with it: regard read "…" --model ${folder}`
      : `${folder}: stopped after step ${done} of ${recipe.steps}, ${time}. Go on with: regard train ${name} --out ${folder} --resume`
  } finally {
    console.progress('')
  }
}

function scoreLine(step: number, scores: Scores): string {
  const each = Object.entries(scores).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
  return [`step ${step}`, ...each].join(' · ')
}
