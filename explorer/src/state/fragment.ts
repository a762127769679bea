/**
 * The URL's fragment: text, what is held and the view, so that a link opens the same picture. It never leaves the page.
 *
 *     #text=The%20animal%20slept&model=encoder&layer=3&head=1&token=2&column=4&view=understand&stop=scores
 *
 * A head is a number or `mean`. What is missing is chosen by the opening rule; a missing view or model is the first. Fields with other names
 * belong to the views, which say what they mean; what is not understood is ignored.
 */

import type { Head } from '../engine/protocol.ts'

/** In the order of the tabs. */
export const VIEWS = ['read', 'understand', 'question', 'heads', 'meaning', 'write', 'across', 'fly', 'map', 'cost'] as const
export type ViewId = (typeof VIEWS)[number]

export interface Held {
  readonly layer: number
  readonly head: Head
  readonly token: number
  /** The token looked at; undefined: the one looked at most. */
  readonly column: number | undefined
}

/** Fields of the views' own, by name. */
export type Own = Readonly<Record<string, string>>

export interface Fragment {
  readonly text: string | undefined
  /** By its name in the list of those that can be opened. */
  readonly model: string | undefined
  readonly held: Partial<Held>
  readonly view: ViewId
  readonly own: Own
}

/** Names that no view may take. */
const SHARED = new Set(['text', 'model', 'layer', 'head', 'token', 'column', 'view'])
/** How a view may call a field. */
const NAME = /^[a-z]{1,20}$/

export function parseFragment(hash: string): Fragment {
  const fields = new Map<string, string>()
  for (const field of hash.replace(/^#/, '').split('&')) {
    const at = field.indexOf('=')
    if (at > 0) fields.set(field.slice(0, at), decoded(field.slice(at + 1)))
  }
  const number = (name: string): number | undefined => {
    const value = fields.get(name)
    return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined
  }
  const entries = {
    layer: number('layer'),
    head: fields.get('head') === 'mean' ? 'mean' : number('head'),
    token: number('token'),
    column: number('column'),
  }
  return {
    text: fields.get('text'),
    model: fields.get('model') || undefined,
    held: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)),
    view: VIEWS.find((view) => view === fields.get('view')) ?? VIEWS[0],
    own: Object.fromEntries([...fields].filter(([name]) => NAME.test(name) && !SHARED.has(name))),
  }
}

export function formatFragment(
  text: string,
  held: Held | undefined,
  view: ViewId = VIEWS[0],
  own: Own = {},
  model?: string,
): string {
  const fields = [`text=${encodeURIComponent(text)}`]
  if (model !== undefined) fields.push(`model=${encodeURIComponent(model)}`)
  if (held) {
    fields.push(`layer=${held.layer}`, `head=${held.head}`, `token=${held.token}`)
    if (held.column !== undefined) fields.push(`column=${held.column}`)
  }
  if (view !== VIEWS[0]) fields.push(`view=${view}`)
  for (const [name, value] of Object.entries(own)) fields.push(`${name}=${encodeURIComponent(value)}`)
  return `#${fields.join('&')}`
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
