/** What heads, matrix and list draw and do. The page's `Reader` is one; a view with weights of its own makes a `Table`. */

import type { Window } from '../engine/questions/read.ts'
import type { Held } from './fragment.ts'
import type { Looks, Picture } from './picture.ts'

export interface Board {
  /** All that is drawn at a moment. */
  readonly picture: Picture<Looks> | undefined
  /** What it is drawn from; it may be there before the picture is. */
  readonly reading: Looks | undefined
  /** How many heads there are in how many layers, if that is known before anything is read. */
  readonly opened?: { readonly model: { readonly layers: number; readonly heads: number } } | undefined
  readonly held: Held | undefined
  readonly preview: Partial<Held> | undefined
  /** The part of a long matrix that is in view. */
  window: Window
  /** Previews; undefined: no more. */
  point(at: Partial<Held> | undefined): void
  /** Holds what is shown, with `at` on top. */
  hold(at?: Partial<Held>): void
  /** Lets go of the preview; without one, of what is held. */
  letGo(): void | Promise<void>
  /** Resolves once the picture is what is wanted. */
  fetch(): Promise<void>
}
