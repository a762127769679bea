/** What Cost says. */

import { strings } from '../strings.ts'
import { brief } from '../words/numbers.ts'

const NBSP = '\u00a0'
/** 18204 → 18 204: long numbers are read in groups. */
const grouped = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, NBSP)
const many = (n: number, one: string, more: string): string => `${grouped(n)}${NBSP}${n === 1 ? one : more}`

/** 0.5 ms, 86.1 ms, 1.24 s */
function time(milliseconds: number): string {
  if (milliseconds === 0) return `0${NBSP}ms`
  return milliseconds < 1000
    ? `${Number(milliseconds.toPrecision(3))}${NBSP}ms`
    : `${Number((milliseconds / 1000).toPrecision(3))}${NBSP}s`
}

/** 17.2 G: in decimal units. */
function short(count: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P']
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  return `${Number((count / 1000 ** at).toPrecision(3))}${at > 0 ? NBSP + units[at]! : ''}`
}

export const costStrings = {
  grouped,
  time,
  short,
  tokens: (n: number) => many(n, 'token', 'tokens'),
  /** 1024 → 1k, as texts are counted. */
  length: (n: number) => (n >= 1024 && n % 1024 === 0 ? `${n / 1024}k` : String(n)),

  meter: {
    title: 'What attention costs as a text grows',
    of: { time: 'time', flops: 'operations', bytes: 'memory' },
    ofLabel: 'What is shown',
    window: 'window of',
    windowLabel: 'Keys in the window',
    keys: 'keys',
    upTo: 'as far as',
    upToLabel: 'Longest text that is measured',
    auto: '5 seconds go',
    measure: 'Measure',
    again: 'Measure again',
    stop: 'Stop',
    on: (n: number) => `Measure ${many(n, 'token', 'tokens')} too`,
    onWhy: 'Twice the length is four times the work of the dense pattern.',
    measuring: (n: number, share: number) => `Measuring ${many(n, 'token', 'tokens')}: ${Math.floor(100 * share)}${NBSP}%.`,
    stopped: 'Stopped. What was measured stays.',
    failed: (reason: string) => `The measurement ended early: ${reason}`,
    nothing: 'Nothing has been measured yet.',
  },

  said: {
    took: (n: number, dense: string, window: number, windowed: string) =>
      `At ${many(n, 'token', 'tokens')} dense attention took ${dense} here, a window of ${many(window, 'key', 'keys')} ${windowed}.`,
    grew: (from: number, to: number, each: readonly { name: string; exponent: string }[]) =>
      ` From ${grouped(from)} to ${many(to, 'token', 'tokens')} time grew as n to the power of ${each.map(({ name, exponent }) => `${exponent} (${name})`).join(' and ')}.`,
  },

  plot: {
    label: (what: string) => `${what} over the length of the text, on logarithmic axes`,
    x: 'tokens in the text',
    law: (exponent: string) => `n^${exponent}`,
    what: { time: 'Time', flops: 'Floating-point operations', bytes: 'Bytes' },
    held: 'q, k, v and the result',
    matrix: 'the weights, if they were held',
    recurrent: 'recurrent, counted',
    says: { time, flops: short, bytes: short },
    units: { time: 'Milliseconds', flops: 'FLOPs', bytes: 'Bytes' },
  },

  table: {
    label: (what: string) => `${what}, by length and pattern`,
    n: 'tokens',
    exponent: 'exponent',
    r2: 'R²',
    none: '—',
    tick: 'too short for this browser’s clock',
  },

  notes: {
    measured: (engine: string, at: string) =>
      `Times were measured by ${engine}, in this browser on this machine, at ${at}. Other work on this machine slows it; another machine, browser or moment gives other times.`,
    how: (heads: number, width: number, laps: number) =>
      `The operator alone, on random numbers: ${many(heads, 'head', 'heads')} of width ${width}, the fastest of ${laps} calls; the patterns take turns.`,
    exponent:
      'The exponent is p of cost ≈ c · nᵖ, by least squares on logarithms over the lengths measured: short texts cost overhead that follows no such law.',
    flops: (width: number) =>
      `Counted: 4 · links · ${width}, a multiplication and an addition for each channel in q · k and in weight · v. The softmax is not counted. The recurrent layer, 4 · n · width², is counted and was not timed.`,
    bytes:
      'Counted: q, k, v and the result in 32-bit floats. The weights, 4 · n², are what a matrix of them would take; they are never held.',
    patterns: (list: readonly { name: string; says: string }[]) => list.map(({ name, says }) => `${name}: ${says}`).join('; '),
    sees: 'What a token sees.',
  },

  reach: {
    title: 'How far it carries',
    said: (from: number, to: number) => `To carry what stands at position ${grouped(from)} to position ${grouped(to)}:`,
    from: 'from',
    to: 'to',
    of: 'in a text of',
    ofLabel: 'Tokens in the text',
    fromLabel: 'From position',
    toLabel: 'To position',
    layers: (n: number) => many(n, 'layer', 'layers'),
    steps: (n: number) => many(n, 'step', 'steps'),
    same: 'it is there already',
    never: 'never: no number of layers',
    neverSteps: 'never: a recurrent network only goes forward',
    via: (via: readonly number[]) => `by way of ${via.map(grouped).join(', ')}`,
    recurrent: 'recurrent',
    note: 'Each arc is one layer: it takes what stands at a key to a query that sees it. A recurrent network hands on one position at each step. The path is the shortest there is, found in the very masks that the engine uses.',
    failed: (reason: string) => `That cannot be answered: ${reason}`,
    wait: 'Looking for the way.',
  },

  quality: {
    title: 'What a window costs in quality',
    sub: 'on the sentence above',
    said: (sees: string, links: string, turned: string) =>
      `Where each token sees ${sees}, ${links} of the links are left, and the last states turn by ${turned} on average.`,
    first: (turned: string) => ` With the first token in sight as well, by ${turned}.`,
    columns: { pattern: 'pattern', links: 'links left', turned: 'turned', divergence: 'KL', loss: 'loss' },
    own: 'everything the model lets it',
    note: (tokens: number) =>
      `Means over ${many(tokens, 'token', 'tokens')}, every layer and head held to the pattern, against the model’s own attention. Turned: 1 − cosine of the last hidden vectors. The model was not trained to be held so; one that was may lose less.`,
    noteDivergence: ' KL: of the distribution over words, in nats.',
    noteLoss: ' Loss: −log p of the next token, in nats.',
    wait: (share: number) => `Reading the sentence under each pattern: ${Math.floor(100 * share)}${NBSP}%.`,
    unread: 'The sentence above is not read.',
    ask: 'Measure it on this long text',
    failed: (reason: string) => `That cannot be measured: ${reason}`,
    brief,
    share: (share: number) => strings.percent(share),
  },
} as const
