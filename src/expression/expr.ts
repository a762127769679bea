/**
 * The little language of masks and score functions: a tree over
 *
 *   s      the score as it stands              b, h   batch entry, query head
 *   i, j   absolute query and key position     tables looked up by position
 *
 * It is plain data, so that it can be posted to a worker, compared, printed, differentiated, bounded over a tile and
 * compiled to WASM. Traced TypeScript functions (src/attention) end up here; every backend starts from here.
 *
 * Numbers are real numbers (float32 lanes in WASM, float64 in the reference). i and j are exact below 2^24.
 * `div` is true division; `mod` is a − b·⌊a/b⌋ (the sign of b). Comparisons give booleans; `and or not` and the condition of
 * `select` take booleans; `eq`/`ne` compare numbers. A table index is floored and clamped into the table; NaN reads entry 0.
 */

export type Variable = 's' | 'b' | 'h' | 'i' | 'j'
export type UnaryName = 'neg' | 'abs' | 'floor' | 'exp' | 'log' | 'tanh' | 'cos'
export type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'min' | 'max'
export type CompareName = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'

export type Expr =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'boolean'; readonly value: boolean }
  | { readonly op: 'var'; readonly name: Variable }
  /** Entry `at` of table number `table` of the program; one index per axis of the table. */
  | { readonly op: 'table'; readonly table: number; readonly at: readonly Expr[]; readonly boolean: boolean }
  | { readonly op: UnaryName; readonly a: Expr }
  | { readonly op: BinaryName; readonly a: Expr; readonly b: Expr }
  | { readonly op: CompareName; readonly a: Expr; readonly b: Expr }
  | { readonly op: 'and' | 'or'; readonly a: Expr; readonly b: Expr }
  | { readonly op: 'not'; readonly a: Expr }
  | { readonly op: 'select'; readonly condition: Expr; readonly a: Expr; readonly b: Expr }

export const UNARY: readonly UnaryName[] = ['neg', 'abs', 'floor', 'exp', 'log', 'tanh', 'cos']
export const BINARY: readonly BinaryName[] = ['add', 'sub', 'mul', 'div', 'mod', 'min', 'max']
export const COMPARE: readonly CompareName[] = ['eq', 'ne', 'lt', 'le', 'gt', 'ge']
