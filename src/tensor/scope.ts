/**
 * Scopes free temporaries. Tensors made while a scope is open belong to it and are disposed with it, unless kept:
 *
 *     using s = scope()
 *     const hidden = gelu(linear(x, w))
 *     return s.keep(linear(hidden, w2))     // hidden is freed here, the result is not
 *
 * A scope is for straight code: do not `await` inside one, or tensors of another task would be freed with it.
 */

import './disposable.ts'
import type { Tensor } from './tensor.ts'

const open: Scope[] = []

export class Scope {
  readonly #owned = new Set<Tensor>()
  readonly #outer = open.at(-1)

  /** The tensor leaves this scope and belongs to the one around it, if any. Returns it. */
  keep<T extends Tensor>(tensor: T): T {
    if (this.#owned.delete(tensor)) this.#outer?.own(tensor)
    return tensor
  }

  own(tensor: Tensor): void {
    this.#owned.add(tensor)
  }

  disown(tensor: Tensor): void {
    this.#owned.delete(tensor)
  }

  [Symbol.dispose](): void {
    if (open.at(-1) !== this)
      throw new Error(
        'scope: closed while another scope was open inside it. Close scopes in reverse order and do not await inside one',
      )
    open.pop()
    for (const tensor of this.#owned) tensor.dispose()
    this.#owned.clear()
  }
}

/** Opens a scope; `using` closes it. */
export function scope(): Scope {
  const made = new Scope()
  open.push(made)
  return made
}

export function adopt(tensor: Tensor): void {
  open.at(-1)?.own(tensor)
}

export function disown(tensor: Tensor): void {
  for (const each of open) each.disown(tensor)
}
