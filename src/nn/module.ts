/** What layers have in common: parameters by name, and an end. */

import { Tensor } from '../tensor/index.ts'

/**
 * A layer, or layers made of layers. Its public fields are its parts: a Tensor is a parameter, a Module or a list of Modules is
 * descended into. Anything else (numbers, names) is how it was configured.
 */
export abstract class Module {
  /** Every parameter with its path ("blocks.0.attention.query.weight"), in the order of the fields. */
  *parameters(prefix = ''): Generator<[name: string, parameter: Tensor]> {
    for (const [name, part] of partsOf(this))
      if (part instanceof Tensor) yield [prefix + name, part]
      else yield* part.parameters(`${prefix}${name}.`)
  }

  /** Frees all parameters. A tensor that two layers share is freed once. */
  dispose(): void {
    for (const [, part] of partsOf(this)) part.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

function* partsOf(module: Module): Generator<[name: string, part: Tensor | Module]> {
  for (const [field, part] of Object.entries(module)) {
    if (part instanceof Tensor || part instanceof Module) yield [field, part]
    else if (Array.isArray(part)) for (const [n, each] of part.entries()) if (each instanceof Module) yield [`${field}.${n}`, each]
  }
}
