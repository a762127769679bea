/** The card of a model: what it is, what it learned from, how, and what it can do. */

import type { Recipe } from '../src/training/recipe.ts'

export interface Facts {
  readonly parameters: number
  readonly bytes: number
  readonly seconds: number
  readonly machine: string
  readonly corpus: object | undefined
  /** What is to be said of this one training. */
  readonly remark: string | undefined
}

/** What a reader should not expect. */
const LIMITS: Readonly<Record<string, string>> = {
  encoder:
    'It is small and has read little. It knows the kinds of things of its grammar and about two million words of English, most of them from speeches and a dictionary. It is there to be looked into, not to be relied on.',
  decoder: 'Its English is halting: it has the rhythm of sentences more than their sense. It is there to be looked into.',
  translator: 'It knows dates from 1900 to 2049 in the six ways of saying them that it was shown, and nothing else.',
}

/** What the loss holds besides the exercises. */
const PRICES: Readonly<Record<string, string>> = {
  encoder:
    'Heads that look from one place at one word pay for it (`src/training/overlap.ts`), in the second course, so that each look becomes the work of one head; nothing tells them where to look.',
}

export function card(recipe: Recipe, facts: Facts, table: string): string {
  const { name, about, seed, steps, rate, reach, warmup, second, weightDecay, clip, config, vocabulary } = recipe
  const english = name !== 'translator'
  return `---
license: mit
language: en
library_name: transformers
tags: [regard]
---

# Regard's ${name}

${about} ${LIMITS[name] ?? ''}

${Math.round(facts.parameters / 1000).toLocaleString('en')} thousand parameters, ${(facts.bytes / 1e6).toFixed(1)} MB in 16-bit floats; \`${config.model_type}\` in \`transformers\`,
${config.num_hidden_layers ?? config.encoder_layers} layers, width ${config.hidden_size ?? config.d_model}, a byte-level vocabulary of at most ${vocabulary.size} tokens in which nothing is unknown.

## What it can do

Measured on this file; nothing of what it is measured on was in its training.

${table}

## How it was made

\`npm run train:${name}\`: ${steps} steps of ${reach === undefined ? 'AdamW' : `Muon for matrices (reach ${reach}) and AdamW for all else`} (rate ${rate}, ${warmup} steps of warm-up, then a cosine${second ? `, and from step ${second.from} on once more, from ${second.rate}` : ''}; weight decay ${weightDecay}; gradients clipped at ${clip}),
seed ${seed}, ${(facts.seconds / 60).toFixed(0)} minutes on ${facts.machine}. The recipe is \`src/training/recipes/${name}.ts\`; the same seed gives the same
exercises.${PRICES[name] ? ` ${PRICES[name]}` : ''}${facts.remark ? `\n\n${facts.remark}` : ''}

${english ? dataOfEnglish(facts) : 'Its dates are made while it learns; one date in twenty is never shown.'}
`
}

function dataOfEnglish({ corpus }: Facts): string {
  const { sources } = corpus as { sources: readonly { name: string; sentences: number; words: number }[] }
  const rows = sources.map(({ name, sentences, words }) => `| ${name} | ${sentences} | ${words} |`)
  return `It learned from sentences of a grammar that Regard wrote itself (\`src/training/grammar\`), and from English in npm packages:

| | sentences | words |
|---|---:|---:|
${rows.join('\n')}

The State of the Union addresses and Moby-Dick are in the public domain. WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved;
its full notice, the packages and their terms are in \`training/README.md\`.`
}
