/** The contestants that run in JavaScript, by name. Each module is loaded only in the process that runs it. */

import type { Contestant } from './contestant.ts'

export async function contestantNamed(name: string): Promise<Contestant> {
  if (name === 'regard') return (await import('./regard.ts')).regard()
  if (name === 'regard-relaxed') return (await import('./regard.ts')).regard({ wide: false })
  if (name === 'onnxruntime-node') return (await import('./onnxruntime-node.ts')).onnxruntimeNode
  if (name === 'onnxruntime-web') return (await import('./onnxruntime-web.ts')).onnxruntimeWeb
  if (name === 'litert') return (await import('./litert-node.ts')).litertNode
  if (name === 'jax-js') return (await import('./jax.ts')).jax
  if (name.startsWith('rung-')) return (await import('../ladder/contestant.ts')).rungContestant(Number(name.slice('rung-'.length)))
  throw new Error(`no contestant is called ${name}`)
}
