/** A model under edits. */

import {
  type Edits,
  type GeneratedToken,
  type GenerateOptions,
  type Model,
  type ModelInput,
  type Run,
  type RunOptions,
  readEdits,
} from '../../model/index.ts'
import { type Trace, trace } from '../trace/index.ts'

/** Reads and writes as the model does, but for what was done to it. The model itself stays as it is. */
export interface Edited {
  /** What was done: plain data, as it was given. */
  readonly edits: Edits
  run(input: ModelInput, options?: Omit<RunOptions, 'edits'>): Promise<Run>
  trace(input: ModelInput, options?: Omit<RunOptions, 'edits'>): Promise<Trace>
  generate(input: ModelInput, options?: Omit<GenerateOptions, 'edits'>): AsyncGenerator<GeneratedToken, void, void>
}

/**
 *     const cut = edit(model, { cut: 'edge', from: 'it', to: 'animal', layer: 5, head: 11 })
 *     const run = await cut.run("The animal didn't cross the street because it was too tired.")
 *
 * Throws at once for what is no edit; whether it fits the model and the text shows when it is run.
 */
export function edit(model: Model, edits: Edits): Edited {
  readEdits(edits)
  return {
    edits,
    run: (input, options) => model.run(input, { ...options, edits }),
    trace: (input, options) => trace(model, input, { ...options, edits }),
    generate: (input, options) => model.generate(input, { ...options, edits }),
  }
}
