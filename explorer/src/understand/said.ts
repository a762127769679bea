/** What goes into the gaps of a sentence. */

export type Said =
  | string
  | { readonly kind: 'token' | 'looked'; readonly text: string }
  | { readonly kind: 'number'; readonly x: number; readonly name: string }

export const token = (text: string): Said => ({ kind: 'token', text })
export const looked = (text: string): Said => ({ kind: 'looked', text })
export const number = (x: number, name: string): Said => ({ kind: 'number', x, name })
/** A count: read as it is, with no digits to hide. */
export const count = (n: number): Said => n.toLocaleString('en').replaceAll(',', '\u202f')
