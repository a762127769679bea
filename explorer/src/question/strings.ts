/** What Question says. */

import type { Head } from '../engine/protocol.ts'
import { strings } from '../strings.ts'

const NBSP = '\u00a0'
const heads = (layer: number, head: Head, all: number): string =>
  head === 'mean' ? `all ${all} heads of layer ${layer}` : `layer ${layer}, head ${head}`

export const questionStrings = {
  where: heads,
  whereOf: (layer: unknown, head: unknown, all: number): string =>
    layer === undefined ? 'every head' : heads(Number(layer), head === undefined ? 'mean' : Number(head), all),

  do: 'Change something',
  doOn: (from: string, to: string) => `${from} → ${to} is selected; click a cell or a name for another`,
  cutHere: (from: string, to: string, where: string) => `Cut ${from} → ${to} in ${where}`,
  cutEverywhere: (from: string, to: string) => `Cut ${from} → ${to} in every head`,
  silenceHead: (where: string) => `Silence ${where}`,
  flatten: (where: string) => `Make ${where} look at all alike`,
  hide: (to: string) => `Hide ${to} from everyone`,
  removePositions: 'Take the positions away',
  shufflePositions: 'Shuffle the positions',
  shared: 'Use one projection for Q, K and V',
  swap: (token: string) => `Swap ${token} for`,
  swapGo: 'Swap',
  swapHint: 'another word',

  didCut: (from: string, to: string, where: string) => `${from} → ${to} cut in ${where}`,
  didSilenceHead: (where: string) => `${where} silenced`,
  didFlatten: (where: string) => `${where} looks at all alike`,
  didHide: (token: string) => `${token} hidden from everyone`,
  didSwap: (token: string, by: string) => `${token} swapped for ${by}`,
  didRemovePositions: 'positions taken away',
  didShufflePositions: 'positions shuffled',
  didShare: 'one projection for Q, K and V',

  list: 'Changes',
  none: 'Nothing is changed yet.',
  undo: 'Undo',
  redo: 'Redo',
  all: 'Undo all',
  drop: (what: string) => `Undo: ${what}`,

  heads: 'Silence heads',
  headsNote: 'Click a head to silence it: it gives zeros. Click again to let it speak.',
  head: (layer: number, head: number, silent: boolean) => `layer ${layer}, head ${head}${silent ? ', silenced' : ''}`,

  before: 'Before',
  after: 'After',
  pair: (where: string) => `Who looks at whom, ${where}`,
  pairNote: 'Rows look, columns are looked at. Colour by √weight, from 0 to 1.',
  at: (from: string, to: string, before: string, after: string) => `${from} → ${to}: ${before} before, ${after} after`,
  moved: (token: string, value: string) => `${token} moved by ${value}.`,
  movedHow: (measure: string) => `Measured: ${measure}, with all changes together against none.`,
  unmoved: (token: string) => `${token} is as it was: nothing is changed.`,
  failed: (reason: string) => `That change cannot be made: ${reason}`,
  computing: 'Computing.',
  tooLong: 'Matrices are shown side by side for texts of at most 128 tokens; here is the row of the token in focus.',

  outcome: {
    next: (token: string) => `What would follow ${token}`,
    here: (token: string) => `What stands at ${token}`,
    none: 'This model scores no words, so there is no outcome to show but the vector itself.',
    word: 'word',
  },

  worth: 'Looked | mattered',
  worthOf: (token: string) => `each link of ${token}, cut by itself`,
  worthHow: (measure: string, cut: string) => `Mattered: exact; ${measure}; cut: ${cut}.`,
  worthWait: (share: number) => `Computing what each link is worth: ${Math.floor(100 * share)}${NBSP}%.`,
  ask: 'Compute what each link is worth',
  cut: 'cut',
  cutThis: (from: string, to: string) => `Cut ${from} → ${to}`,
  row: (to: string, weight: string, effect: string) => `${to}: looked ${weight}, mattered ${effect}`,
  weight: (weight: number) => strings.percent(weight),

  takeWorth: (token: string, where: string) => `Looked and mattered: each link of ${token}, ${where}`,
  takeFirst: (most: number) => `Shown are the ${most} with the most weight.`,
  takeNumber: 'number',
  takeToken: 'token looked at',
  takeLooked: 'looked',
  takeMattered: 'mattered',
  takeChanged: (where: string) => `Who looks at whom with the changes, ${where}`,
  takeEdits: (edits: string) => `Changed: ${edits}.`,
  takeMoved: (measure: string, value: string) => `${measure}: ${value}.`,

  map: 'Effect map',
  mapAsk: 'Estimate all links at once',
  mapWait: (share: number) => `Estimating: ${Math.floor(100 * share)}${NBSP}%.`,
  mapNote: (method: string) => `An estimate, not an effect: ${method}.`,
  mapTop: 'The largest of all heads, measured exactly',
  mapAgreement: (rho: string, count: number) =>
    `Estimate and exact effect of these ${count} agree in order by Spearman’s ρ = ${rho}.`,
  mapScale: (most: string) => `Colour by size, from 0 to ${most}.`,
  link: (layer: number, head: number, from: string, to: string) => `layer ${layer}, head ${head}: ${from} → ${to}`,
  estimate: 'estimate',
  exact: 'exact',
} as const
