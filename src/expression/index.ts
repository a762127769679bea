export {
  bounder,
  type Coverage,
  classifier,
  type Interval,
  type TableBounds,
  type TableRange,
  type Tile,
  tableBounds,
} from './bound.ts'
export * as build from './build.ts'
export { type Derivatives, derive, type TableSlope } from './derive.ts'
export { type Compiled, compile, evaluate, type TableData, tableIndex } from './evaluate.ts'
export { BINARY, type BinaryName, COMPARE, type CompareName, type Expr, UNARY, type UnaryName, type Variable } from './expr.ts'
export { print } from './print.ts'
export { simplify } from './simplify.ts'
export {
  children,
  isBoolean,
  reads,
  renameTables,
  rewrite,
  type Schedule,
  type Step,
  schedule,
  structuralKey,
  substituteScore,
} from './walk.ts'
