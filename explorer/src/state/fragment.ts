/**
 * The URL's fragment: text and what is held, so that a link opens the same picture. It never leaves the page.
 *
 *     #text=The%20animal%20slept&layer=3&head=1&token=2&column=4
 *
 * A head is a number or `mean`. What is missing is chosen by the opening rule; what is not understood is ignored.
 */

import type { Head } from '../engine/protocol.ts'

export interface Held {
  readonly layer: number
  readonly head: Head
  readonly token: number
  /** The token looked at; undefined: the one looked at most. */
  readonly column: number | undefined
}

export interface Fragment {
  readonly text: string | undefined
  readonly held: Partial<Held>
}

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
  return { text: fields.get('text'), held: Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) }
}

export function formatFragment(text: string, held: Held | undefined): string {
  const fields = [`text=${encodeURIComponent(text)}`]
  if (held) {
    fields.push(`layer=${held.layer}`, `head=${held.head}`, `token=${held.token}`)
    if (held.column !== undefined) fields.push(`column=${held.column}`)
  }
  return `#${fields.join('&')}`
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
