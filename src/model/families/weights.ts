/** Layers out of a checkpoint, by the names that its family gives them. */

import { Embedding, LayerNorm, Linear, RMSNorm } from '../../nn/index.ts'
import { reshape, slice, transpose } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Checkpoint, Cut } from '../checkpoint.ts'

/** How long an axis is, and by which field of config.json. */
export type Size = readonly [count: number, field: string]

/** Rows of a matrix [out,in] that several layers share, and the same entries of its bias. */
export interface Share {
  readonly key: string
  readonly out: number
  /** View operations along axis 0 alone. */
  of(stored: Tensor): Tensor
}

export interface LinearForm {
  /** Is there a bias? Default true. */
  readonly bias?: boolean
  /** Stored [in,out], as GPT-2 does. */
  readonly transposed?: boolean
  readonly share?: Share
}

/** The n-th of `count` equal parts, one after another. */
export function part(n: number, count: number, out: number): Share {
  const size = out / count
  return { key: `${n} of ${count}`, out: size, of: (stored) => slice(stored, 0, n * size, (n + 1) * size) }
}

/** The n-th of `count` parts of each head: [heads, count, D] along the rows. */
export function partOfHeads(n: number, count: number, heads: number, out: number): Share {
  const depth = out / count / heads
  const of = (stored: Tensor): Tensor => {
    const rest = stored.shape.slice(1)
    const byHead = reshape(stored, [heads, count, depth, ...rest])
    return reshape(slice(byHead, 1, n, n + 1), [heads * depth, ...rest])
  }
  return { key: `${n} of ${count} of each head`, out: heads * depth, of }
}

export class Weights {
  readonly checkpoint: Checkpoint
  readonly #prefix: string

  /** `prefixes`: what may stand before every name of the body; the first under which `witness` is found is taken. */
  constructor(checkpoint: Checkpoint, prefixes: readonly string[] = [''], witness = '') {
    this.checkpoint = checkpoint
    this.#prefix = prefixes.find((prefix) => checkpoint.has(prefix + witness)) ?? prefixes[0]!
  }

  /** Has the file a tensor of the body of this name? */
  has(name: string): boolean {
    return this.checkpoint.has(this.#prefix + name)
  }

  /** Layers that the config does not mention would be left out in silence. `path` is what stands before the layer's number. */
  checkLayers(path: string, layers: number, field: string): void {
    const before = this.#prefix + path
    let stored = 0
    for (const name of this.checkpoint.names) {
      if (!name.startsWith(before)) continue
      const number = /^\d+(?=\.)/.exec(name.slice(before.length))
      if (number) stored = Math.max(stored, Number(number[0]) + 1)
    }
    if (stored !== layers)
      throw new Error(`${this.checkpoint.label}: holds ${stored} layers, config.json says ${field} is ${layers}`)
  }

  /** A parameter as it is stored. Names may have older forms. */
  tensor(names: string | readonly string[], ...sizes: readonly Size[]): Tensor {
    return this.checkpoint.take(this.#full(names), shapeOf(sizes), meaningOf(sizes))
  }

  /** A parameter that is part of a stored tensor. */
  cut(name: string, sizes: readonly Size[], cut: Cut): Tensor {
    return this.checkpoint.take(this.#full(name), shapeOf(sizes), meaningOf(sizes), cut)
  }

  /** As `cut`, for a matrix [out,in] of a product. */
  matrix(name: string, sizes: readonly Size[], cut: Cut): Tensor {
    return this.checkpoint.matrix(this.#full(name), shapeOf(sizes), meaningOf(sizes), cut)
  }

  /** weight[out,in] · x + bias[out] */
  linear(name: string, out: Size, into: Size, { bias = true, transposed = false, share }: LinearForm = {}): Linear {
    const sizes = transposed ? [into, out] : [out, into]
    const cut: Cut | undefined =
      transposed || share
        ? {
            key: `${transposed ? 'transposed ' : ''}${share?.key ?? ''}`,
            shape: [share?.out ?? out[0], into[0]],
            of: (stored) => {
              const rows = transposed ? transpose(stored) : stored
              return share ? share.of(rows) : rows
            },
          }
        : undefined
    return new Linear({
      weight: this.checkpoint.matrix(this.#full(`${name}.weight`), shapeOf(sizes), meaningOf(sizes), cut),
      bias: bias ? this.#bias(`${name}.bias`, out, share) : undefined,
    })
  }

  #bias(name: string, out: Size, share: Share | undefined): Tensor {
    const cut = share && { key: share.key, shape: [share.out], of: (stored: Tensor) => share.of(stored) }
    return cut ? this.cut(name, [out], cut) : this.tensor(name, out)
  }

  /** A row for each of `entries`. One that also scores words is packed; others are where that takes less memory. */
  embedding(name: string, entries: Size, width: Size, { tied = false }: { tied?: boolean } = {}): Embedding {
    const take = tied ? 'matrix' : 'table'
    return new Embedding({
      weight: this.checkpoint[take](this.#full(`${name}.weight`), [entries[0], width[0]], meaningOf([entries, width])),
    })
  }

  /** The first checkpoints call weight and bias of a norm gamma and beta. */
  layerNorm(name: string, width: Size, { eps, bias = true }: { eps: number; bias?: boolean }): LayerNorm {
    return new LayerNorm({
      weight: this.tensor([`${name}.weight`, `${name}.gamma`], width),
      bias: bias ? this.tensor([`${name}.bias`, `${name}.beta`], width) : undefined,
      eps,
    })
  }

  rmsNorm(name: string, width: Size, { eps, offset = 0 }: { eps: number; offset?: number }): RMSNorm {
    return new RMSNorm({ weight: this.tensor(`${name}.weight`, width), eps, offset })
  }

  #full(names: string | readonly string[]): string[] {
    return [names].flat().map((name) => this.#prefix + name)
  }
}

function shapeOf(sizes: readonly Size[]): number[] {
  return sizes.map(([count]) => count)
}

function meaningOf(sizes: readonly Size[]): string {
  return sizes.map(([, field]) => field).join(' × ')
}
