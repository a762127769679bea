/** What Meaning says. */

import { strings } from '../strings.ts'

const MINUS = '\u2212'
const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

export const meaningStrings = {
  /** The articles' word and its sentences. */
  example: {
    word: 'bank',
    sentences: [
      'He sat on the bank of the river.',
      'The children played on the bank of the stream.',
      'The bank approved the loan.',
    ],
  },

  /** A cosine or a share: three decimals and a real minus. */
  decimal(value: number): string {
    const text = Math.abs(value).toFixed(3)
    return value < 0 && Number(text) !== 0 ? MINUS + text : text
  },
  list,
  /** What made a state. */
  state: (state: number) => (state === 0 ? 'the embeddings' : `layer ${state - 1}`),
  stateInTable: (state: number) => (state === 0 ? 'embeddings' : `layer ${state - 1}`),
  stateBriefly: (state: number) => (state === 0 ? 'in' : String(state - 1)),

  slider: 'After',
  sliderLabel: 'Vectors after',
  play: 'Play',
  stop: 'Stop',

  sentences: {
    title: 'A word in several sentences',
    word: 'Word',
    each: (n: number) => `Sentence ${n + 1}`,
    hint: (word: string) => `Your own sentence with ${word || 'the word'}`,
    remove: (n: number) => `Remove sentence ${n + 1}`,
    removeBriefly: 'remove',
    add: 'Add a sentence',
    addAbove: 'Add the sentence above',
    example: 'The example again',
    lacks: (word: string) => `has no word ${word}`,
    help: 'One sentence a line. Enter adds one below; in an empty one Backspace removes it.',
  },

  said: {
    wait: 'Reading the sentences.',
    failed: (reason: string) => `These sentences cannot be read: ${reason}`,
    noWord: 'Give a word to look for.',
    nowhere: (word: string) => `None of these sentences has the word ${word}.`,
    one: ' stands in one place, so there is nothing to compare it with.',
    stands: (n: number) => ` stands in ${n} places. `,
    pair: (state: string, cosine: string) => `After ${state} their vectors have a cosine of ${cosine}.`,
    ends: (state: string, near: string, most: string, far: string, least: string) =>
      `After ${state} its vectors are most alike in ${near}, with a cosine of ${most}, and least in ${far}, with ${least}.`,
    allAlike: (state: string, cosine: string) => `After ${state} any two of its vectors have a cosine of ${cosine}.`,
    baseline: (cosine: string) => ` Two different words of these sentences have ${cosine} on average.`,
    couple: (a: number, b: number) => `${a} and ${b}`,
    hardly: ` ${strings.statement.hardlyMet}`,
  },

  map: {
    title: 'Map',
    label: (word: string, state: string, places: string) => `Map of the vectors of ${word} after ${state}. ${places}`,
    place: (name: string, x: string, y: string) => `${name} at ${x}, ${y}.`,
    across: (share: string) => `across: ${share} of the spread`,
    up: (share: string) => `up: ${share}`,
    keeps: (all: string) =>
      `A projection: it keeps ${all} of the spread. What is near on it may be far in what it does not show; the cosines beside it are exact.`,
    keepsAll: 'These places differ in no more than two directions: the map shows all of their spread.',
    still: 'There is no spread to show: all places have the same vector.',
    scale: (distance: string) => `distance ${distance}`,
    law: 'Vectors at length 1, so that distance² is 2 − 2 · cosine. The scale is the same after every layer, the directions are not: they are those of the largest spread after each.',
    group: (numbers: readonly string[]) => list(numbers),
    coordinates: 'Coordinates',
    columns: ['place', 'across', 'up'],
  },

  cosines: {
    title: 'How alike',
    label: (state: string) => `Cosine of each two places, after ${state}`,
    place: 'place',
    legend: 'Cosine of each two places. Darker is more alike, from 0 to 1; what is below 0 is struck through.',
    bold: 'Bold: the nearest of each row.',
    some: (shown: number, all: number) => `The first ${shown} of ${all} places.`,
  },

  layers: {
    title: 'From layer to layer',
    similarity: (word: string) => `two places of ${word}`,
    baseline: 'two different words',
    label: (word: string) => `Mean cosine of two places of ${word}, and of two different words, after each layer`,
    x: 'after layer',
    note: 'Means over all pairs in these sentences. Where any two words are alike, two places of one word that are alike say little: it is the distance between the lines that counts.',
    numbers: 'Numbers',
    after: 'after',
  },

  alike: {
    title: 'All tokens of the sentence above',
    two: 'two tokens',
    words: 'without marks',
    apart: 'apart',
    label: 'How alike all tokens become, layer by layer',
    said: (first: string, last: string) =>
      `Two tokens have a cosine of ${first} on average as they come in, and of ${last} after the last layer.`,
    alone: 'One token has no other to be like.',
    note: 'Cosines are means over all pairs of tokens; without marks leaves out what the tokenizer adds. Apart is the share of the states (by Frobenius norm) that is not common to all tokens: 0 would mean that all have become the same.',
  },

  glimpses: {
    title: { next: 'What it would say next', here: 'What it would read here' },
    none: 'This model scores no words, so there is nothing it could say layer by layer.',
    at: (token: string, says: 'next' | 'here', hidden: boolean) =>
      says === 'next' ? `after ${token}` : hidden ? `where ${token} stood` : `at ${token}`,
    settled: (word: string, share: string, state: string, always: boolean) =>
      always
        ? ['In the end ', word, `, ${share}; it is the likeliest after every layer.`]
        : ['In the end ', word, `, ${share}; it is the likeliest from ${state} on.`],
    hide: 'Hide the word, so that the model has to restore it',
    columns: { after: 'after', likeliest: 'likeliest', next: 'then', divergence: 'KL' },
    share: (share: number) => strings.percent(share),
    note: 'The state after each layer through the last norm and the head, as if the model stopped there (logit lens). KL: how far that is from what is said in the end, in nats. A poor guess early on means that the head cannot read it yet, not that it is not there.',
    wait: 'Computing.',
    unread: 'The sentence above is not read.',
    failed: (reason: string) => `That cannot be computed: ${reason}`,
  },

  take: {
    senses: (word: string, state: string) => `The vectors of ${word} after ${state}`,
    each: (texts: number) =>
      `Each dot is the word’s vector (the mean of its tokens, at length 1) in one of ${texts === 1 ? 'one sentence' : `${texts} sentences`}, on the first two principal components.`,
    probability: 'probability',
  },
} as const
