/** `regard cost --text`: what windows cost a text in quality. */

import { patterns, type Quality, quality } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import type { Loaded } from '../load.ts'
import { linePlot, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Column, decimal, heading, noted, said, table } from './parts.ts'
import { give, type Output, type Report } from './report.ts'
import { type ModelOptions, telling, textOf, withModel } from './with-model.ts'

export async function qualityOf(given: string, options: ModelOptions & Output, console: Console): Promise<void> {
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    const { model } = loaded
    if (!model.tokenizer) throw new Problem(`${model.name} has no tokenizer.json, so it cannot read text`)
    const n = model.tokenizer.encode(text).tokens.length
    const found = await quality(model, text, patterns.windows(n, { both: !model.config.causal }), {
      signal,
      onProgress: telling('reading', console),
    })
    console.progress('')
    await give(report({ loaded, text, found }, console.screen), options, console)
  })
}

interface Scene {
  readonly loaded: Loaded
  readonly text: string
  readonly found: Quality
}

function report(scene: Scene, screen: Screen): Report {
  const { loaded, text, found } = scene
  return {
    lines: () => lines(scene, screen),
    json: () => ({
      command: 'cost',
      model: { name: loaded.model.name, family: loaded.model.config.family },
      text,
      tokens: found.tokens,
      loss: found.loss ?? null,
      rows: found.rows.map((row) => ({ ...row, divergence: row.divergence ?? null, loss: row.loss ?? null })),
    }),
    csv: () => ({
      columns: ['pattern', 'links', 'turned', 'divergence', 'loss'],
      rows: found.rows.map(({ pattern, links, turned, divergence, loss }) => [pattern, links, turned, divergence, loss]),
    }),
    picture: () => picture(scene),
  }
}

function lines({ loaded, found }: Scene, screen: Screen): string[] {
  const paint = paintFor(screen)
  const { model, engine } = loaded
  const facts = [`${model.config.layers} layers × ${model.config.heads} heads`, `${engine}`, plural(found.tokens, 'token')]
  return [
    ...heading(model.name, facts, screen, paint),
    '',
    ...said(statement(found), screen),
    '',
    ...rows(found, screen, paint),
    '',
    ...noted(
      `Means over ${plural(found.tokens, 'token')}, against the model’s own attention. Turned: 1 − cosine of the last hidden vectors.${found.rows[0]?.divergence === undefined ? '' : ' KL: of the distribution over words, in nats.'}${found.loss === undefined ? '' : ` Loss: −log p of the next token, ${decimal(found.loss, 3)} nats without a window.`} Every layer and head is held to the pattern; the model was not trained for it.`,
      screen,
      paint,
    ),
  ]
}

/** What the smallest window costs, and what the first token in sight makes of that. */
function statement({ rows: [plain, first] }: Quality): string {
  const one = `A window of ${plain!.says.replace(/^itself and /, 'oneself and ')} leaves ${percent(plain!.links)} of the links and turns the last states by ${decimal(plain!.turned, 4)}`
  return first ? `${one}; with the first token in sight as well, by ${decimal(first.turned, 4)}` : one
}

function rows({ rows: list, loss }: Quality, screen: Screen, paint: Paint): string[] {
  const columns: Column[] = [
    { title: '', cells: list.map(({ pattern }) => pattern), left: true, paint: paint.strong },
    { title: 'links', cells: list.map(({ links }) => percent(links)) },
    { title: 'turned', cells: list.map(({ turned }) => decimal(turned, 4)) },
  ]
  if (list[0]?.divergence !== undefined) columns.push({ title: 'KL', cells: list.map(({ divergence }) => decimal(divergence!, 4)) })
  if (loss !== undefined) columns.push({ title: 'loss', cells: list.map((row) => decimal(row.loss!, 3)) })
  return table(columns, screen, paint)
}

function picture({ loaded, found }: Scene): Picture {
  const words = found.rows[0]!.divergence !== undefined
  const of = (first: boolean) =>
    found.rows
      .filter(({ pattern }) => pattern.endsWith('first') === first)
      .map(({ links, divergence, turned }) => [links, divergence ?? turned] as const)
  return linePlot({
    title: `What windows cost in quality, in ${loaded.model.name}`,
    caption: [
      `Mean over ${plural(found.tokens, 'token')} of one text, against the model’s own attention: ${words ? 'KL of the distribution over words' : '1 − cosine of the last hidden vectors'}.`,
      'Every layer and head is held to the window; the model was not trained for it.',
    ],
    x: { title: 'share of the links that is left' },
    y: { title: words ? 'KL in nats' : '1 − cosine' },
    series: [
      { name: 'window', points: of(false), draw: 'both' as const },
      { name: 'window + first token', points: of(true), draw: 'both' as const },
    ].filter(({ points }) => points.length > 0),
  })
}
