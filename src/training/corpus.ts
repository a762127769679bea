/** English that `training/corpus.ts` made out of packages. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface SenseTriple {
  readonly word: string
  readonly same: readonly [string, string]
  readonly other: string
}

export interface Corpus {
  readonly train: readonly string[]
  readonly heldOut: readonly string[]
  /** WordNet's examples, labelled by sense. */
  readonly triples: readonly SenseTriple[]
  /** WordNet's examples of the training, each with words that mean the same there, or of what it is a kind. */
  readonly uses: readonly Use[]
}

/** A word in a sentence, and others for it. */
export interface Use {
  readonly text: string
  readonly word: string
  readonly others: readonly string[]
}

const FOLDER = new URL('../../training/data/', import.meta.url)
const SAMPLE = new URL('../../training/sample/', import.meta.url)

/** A part of what is held out, which every checkout has. There is nothing to train on in it. */
export function readSample(): Corpus {
  const read = (name: string): string => readFileSync(new URL(name, SAMPLE), 'utf8')
  const lines = (name: string): string[] => read(name).trimEnd().split('\n')
  return {
    train: [],
    heldOut: lines('held-out.txt'),
    triples: lines('triples.jsonl').map((line) => JSON.parse(line) as SenseTriple),
    uses: [],
  }
}

export function hasCorpus(): boolean {
  return ['train.txt', 'uses.json'].every((name) => existsSync(new URL(name, FOLDER)))
}

/** Throws one line that says how to make it if it is not there. */
export function readCorpus(): Corpus {
  if (!hasCorpus())
    throw new Error(
      `${fileURLToPath(FOLDER)}: there is no corpus; make it in a checkout with \`npm ci --ignore-scripts --prefix training && node training/corpus.ts\``,
    )
  const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8')
  const lines = (name: string): string[] => read(name).trimEnd().split('\n')
  return {
    train: lines('train.txt'),
    heldOut: lines('held-out.txt'),
    triples: JSON.parse(read('triples.json')),
    uses: JSON.parse(read('uses.json')),
  }
}
