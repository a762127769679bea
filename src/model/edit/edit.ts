/** Edits: what is done to a model while it reads or writes, as plain data. */

import { z } from 'zod'
import type { AttentionKind } from '../run.ts'
import type { Activations } from './activations.ts'

/**
 * Tokens: one by its index, a span [first, last] with both ends in it, or a word of the text ("it", "it:2" the second one, "New York";
 * as written or, failing that, whatever the case). A word of several tokens is a span. Special tokens go by their name ("[CLS]").
 */
export type Where = number | readonly [number, number] | string

interface Of {
  /** Which attention of an encoder–decoder is meant. Default its encoder's. */
  kind?: AttentionKind
  /** Which text of a batch. Default: each. */
  batch?: number
}

/** Which heads: all, unless some of these say which. `layers` has both ends in it. */
export interface Heads {
  layer?: number
  layers?: readonly [number, number]
  head?: number | readonly number[]
  /** Heads of every layer chosen, or pairs of layer and head. */
  heads?: readonly number[] | readonly (readonly [number, number])[]
}

/** What is put in the place of what is taken out: zeros; its mean over the text; its mean over the tokens of other texts; these numbers. */
export type Instead = 'zero' | 'mean' | { reference: readonly string[] } | { vector: readonly number[] }

/** What heads give to the stream is replaced. `at`: for these tokens alone. */
export interface AblateHead extends Of, Heads {
  ablate: 'head'
  by?: Instead
  at?: Where
}

/** What a whole step of a layer adds to the stream is replaced. */
export interface AblateStep extends Of {
  ablate: 'attention' | 'feedForward'
  layer: number
  by?: Instead
  at?: Where
}

/**
 * A link is cut: `from` is the token that looks (the row), `to` the one looked at (the column); without one of them, all. 'before' the
 * softmax (default): the other weights of the row grow to make up for it. 'after': they stay, and the row sums to less than 1.
 */
export interface CutEdge extends Of, Heads {
  cut: 'edge'
  from?: Where
  to?: Where
  how?: 'before' | 'after'
}

/** Links [row, column] by token index: these are cut, or (keep) all others. */
export interface Edges extends Of, Heads {
  cut?: 'edges'
  keep?: 'edges'
  edges: readonly (readonly [number, number])[]
  how?: 'before' | 'after'
}

/** Nothing looks at these tokens, as if they were padding. In an encoder–decoder its decoder does not either, unless `kind` says which. */
export interface Silence extends Of, Heads {
  silence: Where
}

/** What can be patched: the stream as it comes to a layer, parts of a head (`head`: what it gives), what a step adds to the stream. */
export type Site = 'residual' | 'q' | 'k' | 'v' | 'head' | 'attention' | 'feedForward'

/**
 * What was made of one text is put into the run of another. Tokens are aligned: one to one where both texts are equally long, else from
 * both ends as far as they agree; `at` names tokens of this text, `there` those of the other that take their places.
 */
export interface Patch extends Of {
  patch: Site
  layer: number
  /** Default: all. Keys and values have the model's key/value heads. */
  head?: number | readonly number[]
  /** A text or ids, read without edits; or a trace. */
  from: string | readonly number[] | Activations
  at?: Where
  there?: Where
}

/** The weights of heads. 'sharpen' multiplies their scores by `by` (> 1), 'flatten' divides them; flatten without `by`: all alike. */
export interface Pattern extends Of, Heads {
  pattern: 'replace' | 'sharpen' | 'flatten' | 'freeze'
  by?: number
  /** replace: a row of weights for each token that looks; each row sums to 1, or is 0. */
  weights?: readonly (readonly number[])[]
  /** freeze: whose weights are kept, whatever else is edited. Default: those of the same text, read without edits. */
  from?: string | readonly number[] | Activations
}

/** Every token is told that it stands at place 0, or that all have changed places, or where each stands. */
export interface Positions extends Of {
  positions: 'remove' | 'shuffle' | readonly number[]
  /** Of the shuffle. Default 0. */
  seed?: number
}

/** Another word in the place of one: it is read in the text, and everything else is looked up in what is read then. */
export interface Swap {
  swap: Where
  /** A text; ids where the input is ids. */
  with: string | readonly number[]
  batch?: number
}

/** One projection makes queries, keys and values. Default the key's. */
export interface Projections extends Of {
  projections: 'shared'
  by?: 'query' | 'key' | 'value'
  layer?: number
  layers?: readonly [number, number]
}

export type Edit = AblateHead | AblateStep | CutEdge | Edges | Silence | Patch | Pattern | Positions | Swap | Projections

/** One edit, or several, in order. */
export type Edits = Edit | readonly Edit[]

const index = z.int().nonnegative()
const pair = z.tuple([index, index])
const where = z.union([index, pair, z.string().min(1)])
const of = { kind: z.enum(['encoder', 'decoder', 'cross']).optional(), batch: index.optional() }
const layers = { layer: index.optional(), layers: pair.optional() }
const head = z.union([index, z.array(index).min(1)]).optional()
const heads = { ...layers, head, heads: z.union([z.array(index).min(1), z.array(pair).min(1)]).optional() }
const instead = z
  .union([
    z.enum(['zero', 'mean']),
    z.strictObject({ reference: z.array(z.string()).min(1) }),
    z.strictObject({ vector: z.array(z.number()).min(1) }),
  ])
  .optional()
const how = z.enum(['before', 'after']).optional()
const other = z.union([
  z.string().min(1),
  z.array(index).min(1),
  z.custom<Activations>((x) => typeof x === 'object' && x !== null && 'activation' in x),
])
const edges = z.array(pair)

/** By the field that says what an edit does. */
const FORMS = {
  ablate: z.union([
    z.strictObject({ ablate: z.literal('head'), ...of, ...heads, by: instead, at: where.optional() }),
    z.strictObject({ ablate: z.enum(['attention', 'feedForward']), ...of, layer: index, by: instead, at: where.optional() }),
  ]),
  cut: z.union([
    z.strictObject({ cut: z.literal('edge'), ...of, ...heads, from: where.optional(), to: where.optional(), how }),
    z.strictObject({ cut: z.literal('edges'), ...of, ...heads, edges, how }),
  ]),
  keep: z.strictObject({ keep: z.literal('edges'), ...of, ...heads, edges, how }),
  silence: z.strictObject({ silence: where, ...of, ...heads }),
  patch: z.strictObject({
    ...{ patch: z.enum(['residual', 'q', 'k', 'v', 'head', 'attention', 'feedForward']), ...of, layer: index, head },
    ...{ from: other, at: where.optional(), there: where.optional() },
  }),
  pattern: z.strictObject({
    ...{ pattern: z.enum(['replace', 'sharpen', 'flatten', 'freeze']), ...of, ...heads, by: z.number().positive().optional() },
    ...{ weights: z.array(z.array(z.number().nonnegative())).min(1).optional(), from: other.optional() },
  }),
  positions: z.strictObject({
    ...{ positions: z.union([z.enum(['remove', 'shuffle']), z.array(index).min(1)]), ...of, seed: index.optional() },
  }),
  swap: z.strictObject({ swap: where, with: z.union([z.string(), z.array(index).min(1)]), batch: index.optional() }),
  projections: z.strictObject({
    ...{ projections: z.literal('shared'), ...of, ...layers, by: z.enum(['query', 'key', 'value']).optional() },
  }),
} as const

/** An edit as errors and titles name it: its number in the list, and what it does. */
export interface Named<E extends Edit = Edit> {
  readonly edit: E
  /** `edits[0] (cut)` */
  readonly name: string
}

/** Checks that these are edits; whether they fit a model and a text shows when they are bound to them. */
export function readEdits(edits: unknown): readonly Named[] {
  const list = Array.isArray(edits) ? edits : [edits]
  return list.map((edit, n) => read(edit, `edits[${n}]`))
}

function read(edit: unknown, at: string): Named {
  if (typeof edit !== 'object' || edit === null)
    throw new TypeError(`${at}: an edit is an object such as { cut: 'edge', from: 'it', to: 'animal' }, got ${shown(edit)}`)
  const verb = Object.keys(FORMS).find((key) => key in edit) as keyof typeof FORMS | undefined
  if (!verb) throw new TypeError(`${at}: ${shown(edit)} says nothing to do; an edit has one of ${Object.keys(FORMS).join(', ')}`)
  const name = `${at} (${verb})`
  const result = FORMS[verb].safeParse(edit)
  if (!result.success) throw new TypeError(`${name}: ${whatIsWrong(result.error)} in ${shown(edit)}`)
  return { edit: edit as Edit, name }
}

/** Of a union, what is wrong with the form that comes nearest: the one that fails deepest. */
function whatIsWrong({ issues }: { issues: readonly z.core.$ZodIssue[] }): string {
  const [issue] = issues
  if (issue?.code === 'invalid_union') {
    const forms = issue.errors.filter((each) => each.length > 0)
    const nearest = forms.find((each) => !each.some(({ path }) => path.length === 1 && FIRST.has(String(path[0])))) ?? forms[0]
    const inner = nearest?.[0]?.path.length ? whatIsWrong({ issues: nearest }) : undefined
    if (issue.path.length === 0 && inner) return inner
  }
  return issue ? `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}` : 'it does not fit'
}

const FIRST = new Set(Object.keys(FORMS))

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'object' && each && 'activation' in each ? '(a trace)' : each))
  return text === undefined ? String(value) : text.length > 160 ? `${text.slice(0, 160)} …` : text
}
