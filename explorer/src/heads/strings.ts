/** What Heads says. The measures and the labels are those of docs/lens/heads.md. */

import type { Label } from 'regard/lens'
import type { AttentionKind } from 'regard/model'
import { strings } from '../strings.ts'
import { brief } from '../words/numbers.ts'
import type { Column } from './table.ts'

const NBSP = '\u00a0'
const plural = (n: number, one: string, many: string): string => `${n}${NBSP}${n === 1 ? one : many}`
const heads = (n: number): string => plural(n, 'head', 'heads')
const looks = (n: number): string => plural(n, 'look', 'looks')
const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
const amount = (texts: number, tokens: number, rows: number): string =>
  `${texts === 1 ? 'this text' : `this text and ${texts - 1} more`} (${plural(tokens, 'token', 'tokens')}, ${looks(rows)})`

/** Where attention goes that has nowhere to go. Of two texts the first token of the other is one like all. */
const sinksOf = (kind: AttentionKind): string => (kind === 'cross' ? 'special tokens' : 'the first token and special tokens')

interface Bounds {
  readonly kind: AttentionKind
  readonly near: number
  readonly span: number
}

export const headsStrings = {
  head: (layer: number, head: number) => `layer ${layer}, head ${head}`,
  /** Where a sentence begins with it. */
  headFirst: (layer: number, head: number) => `Layer ${layer}, head ${head}`,
  computing: (share: number) => `Computing, ${Math.floor(100 * share)}${NBSP}%.`,
  cancel: 'Stop',
  none: '–',
  noneSpoken: 'not measured',

  /** Of a model that reads one text and writes another. */
  kind: {
    label: 'Attention',
    names: {
      encoder: 'of what it reads, to itself',
      decoder: 'of what it writes, to itself',
      cross: 'of what it writes, to what it reads',
    },
    written: (text: string, typed: boolean) =>
      `Written: “${text}”, ${typed ? 'as typed in Across' : 'the model’s own answer'}. Places are called by what the model reads there; it writes what comes next.`,
  },

  table: {
    title: 'What each head does',
    amount,
    earned: (on: string, some: number, all: number) =>
      `On ${on}, ${some} of ${heads(all)} ${some === 1 ? 'earns' : 'earn'} a label.`,
    nothing: (on: string, all: number) => `On ${on}, none of ${heads(all)} earns a label.`,
    tooFew: (on: string, rows: number) => `On ${on} no head can earn a label: that takes ${looks(rows)}. Add more texts.`,
    unmeasured: (few: readonly { name: string; rows: number }[]) =>
      `Seen too rarely here to be earned: ${listed(few.map(({ name, rows }) => `${name} (${looks(rows)})`))}.`,
    caution: 'A label describes weights on these texts. What a head is worth is another question: silence it in Question.',
    failed: (reason: string) => `That could not be measured: ${reason}`,
    kept: 'Shown is what was measured before.',

    show: 'Show',
    all: (count: number) => `all ${heads(count)}`,
    any: (count: number) => `any label (${count})`,
    label: (name: string, count: number) => `${name} (${count})`,
    apart: 'Sinks apart',
    apartWhy: (kind: AttentionKind) =>
      `Takes the weight on ${sinksOf(kind)} out of every row, and divides the rest by what is left`,
    apartNote: (kind: AttentionKind) =>
      `Without the weight on ${sinksOf(kind)}, the rest brought to 1; a row counts by what it has left.`,
    random: 'Measure induction on random tokens',
    randomDone: (passages: number, length: number, times: number, rows: number) =>
      `“Random induction”: ${passages} passages of ${length} random tokens, each said ${times} times; ${looks(rows)}.`,

    region: 'Heads and their measures; scrolls sideways',
    caption: (shown: number, all: number, order: string) => `${shown === all ? heads(all) : `${shown} of ${heads(all)}`}, ${order}`,
    layerByLayer: 'layer by layer',
    by: (column: string, up: boolean) => `by ${column}, the ${up ? 'smallest' : 'largest'} first`,
    name: 'Head',
    labels: 'Labels',
    even: 'even looks',
    evenOf: (layers: readonly number[]) => `even looks, ${layers.length === 1 ? 'layer' : 'layers'} ${listed(layers.map(String))}`,
    rows: 'looks measured',
    rowsOf: (layers: readonly number[]) =>
      `looks measured, ${layers.length === 1 ? 'layer' : 'layers'} ${listed(layers.map(String))}`,
    read: (where: string) => `Read ${where}`,
    noLabel: 'no label',
    noLines: 'No head here has that label.',
    more: (count: number) => `${count} more`,
    fewer: 'fewer',
    scale: 'Colour scale: share of attention from 0 to 1, by its square root',
    legend: 'Shares are coloured by √weight.',
    star: '* earned by the weight beside sinks.',
    click: 'A click on a head reads it.',
  },

  columns: {
    left: 'beside sinks',
    firstToken: 'first token',
    separators: 'separators',
    previous: 'previous',
    next: 'next',
    self: 'itself',
    pieces: 'own word',
    sameWord: 'same word',
    induction: 'induction',
    repeated: 'random induction',
    locality: 'near',
    span: 'span',
    distance: 'distance',
    evenness: 'evenness',
    entropy: 'entropy',
  } satisfies Record<Column, string>,

  meanings: {
    open: 'What the measures and labels mean',
    intro: (kind: AttentionKind) =>
      `A row is one token’s looks in one head. ${kind === 'cross' ? 'Rows are the places at which something was written; a row that sees fewer than two tokens does not count' : `Rows are the tokens of the ${kind === 'decoder' ? 'text that was written' : 'text'}; special tokens and the first position do not count, nor does a row that sees fewer than two tokens`}. Each figure is the mean over the rows that have it.`,
    even: '“Even looks” is what looking at all visible tokens alike would measure on the same rows: what position alone gives.',
    labels: 'Labels',
    labelsIntro: 'A label takes the measure’s mean, a multiple of what even looks give, and enough rows.',
    rule: {
      label: 'label',
      measure: 'measure',
      least: 'at least',
      timesChance: 'and × even looks',
      rows: 'over rows',
      beyondSinks: 'beside sinks too',
    },
    yes: 'yes',
    no: 'no',
    beyond: (least: string) =>
      `A label that the whole row does not earn may be earned by the weight beside sinks, if at least ${least} is left there; it then has a star. “Near” is not said of a head that looks at one neighbour, or at itself.`,
  },

  finder: {
    title: 'Find heads',
    subtitle: 'that look from one word to another',
    ask: ['Which heads look from', 'to', '?'],
    from: (word: string) => `The word that looks: ${word}`,
    to: (word: string) => `The word looked at: ${word}`,
    words: (picking: 'from' | 'to') => (picking === 'from' ? 'Click the word that looks' : 'Click the word that is looked at'),
    everywhere: 'In all texts that have both words',
    looksMost: ['looks from', 'to', 'most:'],
    none: ['No head looks from', 'to'],
    chanceIs: (share: string, chance: string) => `${share}, where even looks would give ${chance}.`,
    equal: (count: number) => `${heads(count)} equally look from`,
    places: (places: number, texts: number) =>
      `${places} of ${plural(texts, 'text', 'texts')} ${places === 1 ? 'has' : 'have'} both words; the figures are means over ${places === 1 ? 'it' : 'these'}.`,
    one: 'One place is little evidence for what a head does elsewhere.',
    weight: 'weight',
    extremes: 'least – most',
    apart: 'beside sinks',
    chance: 'even looks',
    first: 'first choice',
    note: (kind: AttentionKind) =>
      `Weight: summed over the tokens of the word looked at, the mean over those that look. Beside sinks: of the weight that is not on ${sinksOf(kind)}. First choice: how often it has the largest weight of all but sinks${kind === 'cross' ? '' : ' and the token itself'}. The tick in a bar is where even looks would end.`,
    failed: (reason: string) => `That cannot be found: ${reason}`,
    more: (count: number) => `${count} more`,
    fewer: 'fewer',
  },

  alike: {
    title: 'Heads that behave like',
    mean: 'A mean of heads has no like: choose a head.',
    distance: 'distance',
    apart: 'sinks apart',
    nearest: (head: string, like: string, distance: string) => `${head} is nearest to ${like}: ${distance} apart.`,
    note: (rows: number, kind: AttentionKind) =>
      `Jensen–Shannon distance of the rows in bits, the mean over ${looks(rows)}: 0 is the same attention, 1 none in common. Sinks apart: the same without ${sinksOf(kind)}.`,
  },

  profile: {
    title: 'Where attention goes',
    subtitle: 'by layer, the mean of its heads',
    whose: 'Looks of',
    everyone: 'all words',
    parts: { start: 'Start', middle: 'Middle', end: 'End' } as Readonly<Record<string, string>>,
    sinks: 'Sinks',
    sinksWhat: (kind: AttentionKind) => sinksOf(kind),
    place: (tokens: number, first: string, last: string) =>
      tokens === 1 ? `“${first}”` : `“${first}” to “${last}”, ${plural(tokens, 'token', 'tokens')}`,
    third: 'a third of each text',
    noSinks: 'The text that is looked at has no special tokens.',
    saysSinks: (layer: number, share: string, chance: string) =>
      `Sinks get their largest share in layer ${layer}: ${share} of all attention, where position alone would give ${chance}.`,
    saysPart: (part: string, layer: number, share: string, chance: string) =>
      `Beside sinks, the ${part} of the text gets its largest share in layer ${layer}: ${share}, where position alone would give ${chance}.`,
    few: (rows: number) => `Measured on ${looks(rows)}.`,
    fewOne: 'One text is little evidence of a habit.',
    looked: 'looked',
    mattered: 'mattered',
    layer: 'layer',
    chance: 'position alone',
    tick: 'Indigo bars are shares of attention from 0 to 1; the tick is what position alone would give.',
    besideNote: 'Shares of what is not on sinks; the three parts sum to 1. Sinks keep their share of all attention.',
    allNote: 'Shares of all attention; the parts and the sinks sum to 1.',
    ask: (runs: number) => `Compute what each part is worth (${plural(runs, 'run', 'runs')} of the model)`,
    computing: (share: number) => `Cutting the links to each part, one layer at a time: ${Math.floor(100 * share)}${NBSP}%.`,
    worth: (measure: string, most: string) =>
      `Mattered: exact; all links to a part cut in that layer alone; ${measure}. Amber bars end at the largest, ${most}; a hatched bar is negative.`,
    worthOne: 'What parts are worth is measured on the text above alone.',
    asTable: 'All figures as a table',
    tableCaption: 'Shares by layer; in brackets what position alone would give',
    beside: (part: string) => `${part}, beside sinks`,
    worthOf: (part: string) => `cutting ${part}`,
    failed: (reason: string) => `There is no profile: ${reason}`,
    nobody: 'No row sees two tokens or more, so there is nothing to measure.',
  },

  take: {
    layer: 'layer',
    head: 'head',
    measured: (texts: number, tokens: number, rows: number) => `Measured on ${amount(texts, tokens, rows)}.`,
    looks: (from: string, to: string) => `Heads by how much ${from} looks at ${to}`,
    alike: (head: string) => `Heads by how far their attention is from that of ${head}`,
    first: (count: number) => `The first ${count} are drawn; the table has all.`,
    least: 'least',
    most: 'most',
    beside: (kind: AttentionKind) => `Beside sinks: shares of what is not on ${sinksOf(kind)}.`,
    share: 'share beside sinks',
    worth: (measure: string) => `Cutting a part: all links to it, in that layer alone; ${measure}.`,
    chanceOf: (what: string) => `${what}, position alone`,
  },

  texts: {
    title: 'More texts',
    help: 'One a line. Labels and profiles are then earned on all of them together.',
    example: 'Add eight sentences',
    clear: 'Remove them',
    kept: 'They are in the address of this page and go nowhere else.',
    long: 'Too long for the address: they stay in this page until it is closed.',
    count: (count: number) => (count === 0 ? '' : plural(count, 'text', 'texts')),
    examples: [
      'The old bridge was closed because the bridge was no longer safe.',
      'Mary gave John a book, and John gave Mary a letter.',
      'When the rain stopped, the children ran into the garden and the dog ran after them.',
      'He read the first page, then the next page, then the last page.',
      'The farmer sold the horse to the neighbour, and the neighbour sold the horse to the farmer.',
      'She put the cup on the table, but the table was too small for it.',
      'In summer the river is low; in winter the river is high.',
      'The teacher asked the boy a question, and the boy asked the teacher another question.',
    ],
  },
} as const

const percentOf = (share: number): string => strings.percent(share)

/** What a measure is, for those who ask. */
export function meaningOf(column: Column, { near, span, kind }: Bounds): string {
  const meanings: Record<Column, string> = {
    left: `The share of the attention that is not on sinks: ${sinksOf(kind)}. Much attention rests there and says little about what a head does.`,
    firstToken: 'Weight on the first position.',
    separators:
      'Weight on special tokens beyond the first position and on tokens without a letter or a digit; sinks apart, on punctuation alone.',
    previous: 'Weight on the token before, where that is seen and no sink.',
    next: 'Weight on the token after, where that is seen and no sink.',
    self: 'Weight on the token itself.',
    pieces: 'Weight on the other tokens of the token’s own word, where the word has several.',
    sameWord: 'Weight on all other places of the same word, whatever its case, where it stands elsewhere.',
    induction:
      'Weight on the tokens that followed earlier places of the same token, the token itself and the one right before it left out, where there are any.',
    repeated: 'The same as induction, measured on random tokens said twice: nothing but what was said before foretells what comes.',
    locality: `Weight on tokens at most ${near} away.`,
    span: `How far from the token one must go to each side to hold ${percentOf(span)} of its attention, in tokens.`,
    distance: 'How far the looks go: the mean distance by weight, in tokens.',
    evenness: 'Entropy over that of even looks at all visible tokens: 1 is even, 0 is one token.',
    entropy: '−Σ w ln w, in nats.',
  }
  return meanings[column]
}

/** As it stands in a cell. */
export function figure(share: boolean, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return headsStrings.none
  return share ? strings.percent(value) : brief(value)
}

export const labelName = ({ name, beyondSinks }: Pick<Label, 'name' | 'beyondSinks'>): string => (beyondSinks ? `${name}*` : name)

/** Why a head has a label. */
export const labelReason = ({ value, chance, rows, measure, beyondSinks }: Label): string =>
  `${headsStrings.columns[measure]}${beyondSinks ? ' beside sinks' : ''}: ${figure(measure !== 'evenness', value)} over ${looks(rows)}, even looks ${figure(measure !== 'evenness', chance)}`
