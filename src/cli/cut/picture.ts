/** The picture of `regard cut`: what the link was worth in each head alone; without a second word, what each look was worth. */

import { barTable, heatMap, type Picture } from '../picture/index.ts'
import { percent } from '../terminal/figures.ts'
import { figure, headsOf, type Link, type Scene, whoOf, wordOf } from './scene.ts'

export function picture(scene: Scene): Picture {
  return scene.link && scene.link.heads.length > 1 ? ofHeads(scene, scene.link) : ofTokens(scene)
}

function ofHeads(scene: Scene, { to, heads }: Link): Picture {
  const { loaded } = scene
  const layers = [...new Set(heads.map(({ layer }) => layer))]
  const numbers = [...new Set(heads.map(({ head }) => head))]
  const values = new Float64Array(layers.length * numbers.length).fill(Number.NaN)
  for (const { layer, head, effect } of heads)
    values[layers.indexOf(layer) * numbers.length + numbers.indexOf(head)] = Math.abs(effect)
  return heatMap({
    title: `${loaded.model.name}: what the look of ${whoOf(scene)} at ${wordOf(scene, to)} is worth in each head alone`,
    caption: captionOf(scene),
    rows: layers.map(String),
    columns: numbers.map(String),
    rowTitle: 'layer',
    columnTitle: 'head',
    values,
    scale: { law: 'sqrt', from: 0, to: Math.max(...values) || 1, ramp: 'mattered', says: figure },
    measure: 'size of the effect',
  })
}

function ofTokens(scene: Scene): Picture {
  const { loaded, labels, row } = scene
  return barTable({
    title: `${loaded.model.name}: what each look of ${whoOf(scene)} is worth in ${headsOf(scene)}`,
    caption: captionOf(scene),
    rowTitle: 'looked at',
    columns: [
      { title: 'looked', colour: 'looked', full: 1 },
      { title: 'mattered', colour: 'mattered' },
    ],
    rows: row.tokens.map(({ index, weight, effect }) => ({
      label: labels.names[index]!,
      soft: labels.soft[index]!,
      cells: [
        { value: weight, says: percent(weight) },
        { value: Math.abs(effect), says: figure(effect) },
      ],
    })),
  })
}

function captionOf({ text, written, sight, row, how }: Scene): string[] {
  const answer = sight.rows === 'decoder' && written !== undefined ? ` → “${written}”` : ''
  return [`“${text}”${answer}`, `Effect: ${row.measure}; exact, each by running the model again, the look cut ${how} the softmax.`]
}
