/** What layers have in common: parameters by name, and an end. */

import { Tensor } from '../tensor/index.ts'

/**
 * A layer, or layers made of layers. Its public fields are its parts: a Tensor is a parameter, a Module or a list of Modules is
 * descended into. Anything else (numbers, names) is how it was configured.
 */
export abstract class Module {
  /** Every parameter with its path ("blocks.0.attention.query.weight"), in the order of the fields. */
  *parameters(prefix = ''): Generator<[name: string, parameter: Tensor]> {
    for (const [field, part] of Object.entries(this)) {
      const name = prefix + field
      if (part instanceof Tensor) yield [name, part]
      else if (part instanceof Module) yield* part.parameters(`${name}.`)
      else if (Array.isArray(part))
        for (const [n, each] of part.entries()) if (each instanceof Module) yield* each.parameters(`${name}.${n}.`)
    }
  }

  /** Frees all parameters. A tensor that two layers share is freed once. */
  dispose(): void {
    for (const [, parameter] of this.parameters()) parameter.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}
