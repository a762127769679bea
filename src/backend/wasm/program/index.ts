import type { Expr } from '../../../expression/index.ts'
export type TableKind = 'float32' | 'int32' | 'bool'
export function compileProgram(
  _program: {
    capped?: Expr | undefined
    score?: Expr | undefined
    mask?: Expr | undefined
    tableKinds: readonly TableKind[]
    tableRanks: readonly number[]
  },
  _stage: 'capped' | 'masked',
): { bytes: Uint8Array; constants: Float32Array } {
  throw new Error('not yet')
}
