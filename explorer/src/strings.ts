/** Everything the page says, in one place. Words come apart from numbers so that they can be translated. */

import { exampleFor } from 'regard/model'

const NBSP = '\u00a0'
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** 21st, 22nd, 23rd; else th. */
const ENDINGS = ['th', 'st', 'nd', 'rd']

const plural = (n: number, one: string, many: string): string => `${n}${NBSP}${n === 1 ? one : many}`
const head = (which: number | 'mean', heads: number): string => (which === 'mean' ? `mean of its ${heads} heads` : `head ${which}`)

export const strings = {
  product: 'Regard',
  example: exampleFor(undefined),
  /** Where in the example the word stands that it opens on. */
  exampleLooks: 43,

  ordinal: (n: number): string => ORDINALS[n - 1] ?? `${n}${ENDINGS[n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th'}`,
  /** 0.677 → 67.7 %. Small is not nothing, and nearly all is not all. */
  percent(weight: number): string {
    if (weight === 0) return `0${NBSP}%`
    if (weight < 0.01) return `<1${NBSP}%`
    if (weight < 1 && weight >= 0.9995) return `>99.9${NBSP}%`
    return `${(100 * weight).toFixed(1)}${NBSP}%`
  },
  /** As a voice reads it. */
  spoken(weight: number): string {
    if (weight === 0) return '0 percent'
    if (weight < 0.01) return 'less than 1 percent'
    if (weight < 1 && weight >= 0.9995) return 'more than 99.9 percent'
    return `${(100 * weight).toFixed(1)} percent`
  },
  /** Every digit that a 32-bit weight has. */
  exact: (weight: number): string => String(Number(weight.toPrecision(7))),

  views: {
    label: 'Views',
    read: 'Read',
    understand: 'Understand',
    question: 'Question',
    heads: 'Heads',
    meaning: 'Meaning',
    write: 'Write',
    across: 'Across',
    fly: 'Fly',
    map: 'Map',
    cost: 'Cost',
    loading: (view: string) => `Opening ${view}.`,
    lost: (view: string, reason: string) => `${view} could not be loaded: ${reason}.`,
  },

  header: {
    shape: (layers: number, heads: number) => `${plural(layers, 'layer', 'layers')} × ${plural(heads, 'head', 'heads')}`,
    took: (milliseconds: number) => `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)}${NBSP}ms`,
    tookTitle: 'Time the model took to read this text and compute every weight shown',
    take: 'Take away',
    keys: 'Keys',
  },

  sentence: {
    label: 'Sentence',
    placeholder: 'Type a sentence',
    help: 'Type to change it. Point at a word to see where it looks; click it, or press Enter, to hold it.',
    hint: 'Point at a word to see where it looks. Click the sentence to change it.',
    touchHint: 'Tap a word to see where it looks, and again to change it.',
    look: (token: string) => `Where ${token} looks`,
  },

  status: {
    starting: 'Starting the engine.',
    reading: 'Reading.',
    empty: 'There is nothing to read yet: type a sentence.',
    kept: 'Shown here is the last text that could be read.',
    crashed: 'The engine stopped and was started again; your text was kept.',
    dead: (reason: string) => `The engine keeps stopping (${reason}).`,
    again: 'Try again',
    read: (tokens: number) => `Read: ${plural(tokens, 'token', 'tokens')}.`,
  },

  /** The plain-words statement. Each returns its pieces in order; `self` and `most` are facts of the numbers shown. */
  statement: {
    looksAt: 'looks at',
    itself: 'itself',
    mostSpan: (share: string, where: string) => `most: ${share} of its attention ${where}.`,
    andOthers: (others: number) => `and ${others === 1 ? 'one other' : `${others} others`}`,
    equally: (share: string, where: string) => `equally, more than at the rest: ${share} of its attention each ${where}.`,
    evenly: (share: string, where: string) => `looks at every token alike: ${share} of its attention each ${where}.`,
    gives: 'gives',
    nothing: (where: string) => `looks at nothing ${where}.`,
    share: (share: string, where: string) => `${share} of its attention ${where}.`,
    mostGoes: 'Most goes to',
    comma: (share: string) => `, ${share}.`,
    apartFrom: 'Apart from',
    whichGets: (share: string) => `, which gets ${share},`,
    where: (layer: number, which: number | 'mean', heads: number) =>
      which === 'mean'
        ? `on average over the ${heads === 1 ? 'one head' : `${heads} heads`} of layer ${layer}`
        : `in layer ${layer}, head ${which}`,
    special: (token: string) => `${token} is a mark that the tokenizer adds to the text.`,
    opened: (reason: string) => `It opens here by a rule: ${reason}.`,
    openedLong: (token: string) => `In a text this long the rule looked from one word alone, ${token}.`,
    nth: (n: string) => `the ${n} `,
    /** Under the statement; `more`: how many further words there are. */
    hardly: (words: readonly string[], more: number) =>
      `Underlined with dots: ${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}. This model hardly met ${words.length + more === 1 ? 'the word' : 'these words'} while it learned: what it makes of ${words.length + more === 1 ? 'it' : 'them'} means little.`,
    /** Of one word, where it stands. */
    hardlyMet: 'This model hardly met this word while it learned: what it makes of it means little.',
    hardlyMetShort: 'hardly met in training',
  },

  heads: {
    title: 'Heads',
    subtitle: 'layer by layer, first to last',
    note: 'Each square is one head’s matrix for this sentence; mean is the average of its layer. Arrow keys move; Enter reads it.',
    shrunk: (by: number) => `Each dot is the largest of ${by} × ${by} weights.`,
    grid: 'Heads, layers by heads',
    layer: (layer: number) => `layer ${layer}`,
    cell: (layer: number, which: number | 'mean', heads: number) => `layer ${layer}, ${head(which, heads)}`,
    mean: 'mean',
    pending: 'not computed yet',
  },

  matrix: {
    title: 'Who looks at whom',
    layer: 'layer',
    head: 'head',
    pickLayer: 'Layer',
    pickHead: 'Head',
    mean: (heads: number) => `mean of all ${heads}`,
    grid: (where: string) => `Who looks at whom, ${where}. Rows look, columns are looked at.`,
    row: (token: string, best: readonly { token: string; weight: number }[]) =>
      `${token} looks at: ${best.map(({ token, weight }) => `${token} ${strings.spoken(weight)}`).join(', ')}`,
    cell: (from: string, to: string, weight: number) => `${from} to ${to}: ${strings.spoken(weight)}`,
    legend: 'Rows look, columns are looked at. Colour by √weight.',
    legendLabel: (full: string) => `Colour scale: weight from 0 to ${full}, by its square root`,
    legendApart: (token: string, full: string) =>
      `${token}, set apart, keeps the scale from 0 to 1; the others share one that ends at their largest, ${full}.`,
    apart: (token: string) => `Set the first token, ${token}, apart`,
    apartWhy: 'Many heads park on it what they have no use for.',
    takeApart: 'Take this cell apart',
    takeHint: 'Click a cell to hold it, and again to take it apart.',
    arrow: '→',
    followed: (token: string, next: string) => `${token}, then ${next}`,
    cells: (rows: string, columns: string) => `Rows ${rows}, columns ${columns}; scroll for the rest.`,
    corner: 'token',
    range: (from: number, to: number, of: number) => `${from}–${to - 1} of ${of}`,
  },

  pair: {
    open: 'Put a second text beside it',
    title: 'Two texts',
    subtitle: 'the same head on both',
    close: 'Close',
    label: 'Second text',
    first: 'first',
    second: 'second',
    less: 'second − first',
    token: 'token',
    gives: 'In the second text',
    says: (second: string, change: string) => `${second}, ${change}.`,
    more: (points: string) => `${points} more than in the first`,
    fewer: (points: string) => `${points} less than in the first`,
    equal: 'as much as in the first',
    most: 'Most goes to',
    lost: (token: string) => `${token} has no place in the second text, so there is no row to compare.`,
    points: (x: number) => `${Math.abs(x) < 0.0005 ? '<0.1' : (100 * Math.abs(x)).toFixed(1)} points`,
    change: (x: number) =>
      x === 0 ? '0' : `${x < 0 ? '−' : '+'}${Math.abs(x) < 0.0005 ? '<0.1' : (100 * Math.abs(x)).toFixed(1)}`,
    matrix: 'What changed between all pairs',
    matrixNote: (full: string) =>
      `Second − first, in points of 100. A full square gained, a hollow one lost; its side is by √change, the largest is ${full}.`,
    matrixLabel: (best: string) => `Differences of all pairs, second less first. Largest: ${best}.`,
    cell: (from: string, to: string, change: string) => `${from} → ${to}: ${change}`,
    alone: 'Tokens without a partner in the other text are left out.',
    moreRows: (count: number) => `${count} more changed less.`,
    take: (token: string, where: string) => `Where ${token} looks in two texts, ${where}`,
    takeSecond: (text: string) => `The second text: ${text}`,
    exampleFrom: 'tired',
    exampleTo: 'wide',
  },

  looked: {
    title: 'Looked',
    at: (token: string) => `where ${token} looks`,
    rest: (count: number, share: string) => `${count} more, ${share}`,
    fewer: 'fewer',
    apart: 'set apart',
    /** Which of several like words. */
    nth: (nth: number, of: number) => `${nth} of ${of}`,
  },

  sheet: { close: 'Close' },

  keys: {
    title: 'Keys',
    list: [
      ['/', 'go to the sentence'],
      ['Arrows', 'move within the heads or the matrix; in the sentence, from word to word'],
      ['Home, End', 'first or last in the row'],
      ['Enter', 'hold what is pointed at; in the matrix, on the cell that is held, take it apart'],
      ['Escape', 'let go: back to what is held, then to where the text opens'],
      ['Alt-1, Alt-2, …', 'choose a view'],
      ['Tab', 'to the next part of the page'],
      ['?', 'this list'],
    ],
    engine: 'What runs',
  },
} as const
