/**
 * Searches the source of a traced function for what JavaScript lets no object see: `if`, `&&`, `||`, `!`, `?:`, `??`, `==`, `===`,
 * `switch` and loops. On traced values they would silently take one branch for all positions, so they are refused with the method to write.
 * Where only captured constants are decided about (`wide ? i.sub(j) : j.sub(i)`), they mean what they say and are left alone.
 *
 * The limit: a helper that is called with traced values is not searched; its arithmetic operators throw, its `&&` does not.
 */

import { type Token, tokenize } from './tokens.ts'

/** What is wrong with a function's source, and how to write it; undefined if nothing was found. */
export function findHidden(source: string): string | undefined {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source))
    return 'a bound or native function hides its source, so it cannot be searched for operators that JavaScript lets no object see; pass an arrow function'
  const tokens = tokenize(source)
  const traced = tracedNames(tokens)
  for (let n = 0; n < tokens.length; n++) {
    const found = hiddenAt(tokens, n, traced)
    if (found) return `${excerpt(source, tokens[n]!)} — ${found}`
  }
  return undefined
}

const NEGATED = ['!']
const EQUALITY: Record<string, string> = {
  '===': 'a.eq(b)',
  '==': 'a.eq(b)',
  '!==': 'a.ne(b)',
  '!=': 'a.ne(b)',
}
const LOGIC: Record<string, string> = {
  '&&': 'a.and(b)',
  '||': 'a.or(b)',
  '??': 'condition.where(a, b)',
  '&&=': 'a.and(b)',
  '||=': 'a.or(b)',
}
const BRANCH: Record<string, string> = {
  if: '`if` runs once, while tracing; write condition.where(a, b)',
  switch: '`switch` runs once, while tracing; write condition.where(a, b)',
  while: 'a loop over a traced value never ends or never starts; write the formula of i and j, or look it up in a table',
  for: 'a loop over a traced value never ends or never starts; write the formula of i and j, or look it up in a table',
}

function hiddenAt(tokens: readonly Token[], n: number, traced: ReadonlySet<string>): string | undefined {
  const { text, kind } = tokens[n]!
  const mentions = (from: number, to: number): boolean =>
    tokens.slice(from, to).some((token) => isName(token) && traced.has(token.text))
  if (kind === 'word') {
    const open = tokens[n + 1]?.text === 'await' ? n + 2 : n + 1
    if (!isName(tokens[n]!) || !(text in BRANCH) || tokens[open]?.text !== '(') return undefined
    return mentions(open, closing(tokens, open)) ? BRANCH[text] : undefined
  }
  if (kind !== 'mark') return undefined
  if (NEGATED.includes(text)) return mentions(n + 1, right(tokens, n)) ? '`!` is not traced; write condition.not()' : undefined
  if (text in EQUALITY)
    return mentions(left(tokens, n), right(tokens, n))
      ? `\`${text}\` compares objects, not positions; write ${EQUALITY[text]}`
      : undefined
  if (text in LOGIC) return mentions(left(tokens, n), n) ? `\`${text}\` is not traced; write ${LOGIC[text]}` : undefined
  if (text === '?') return mentions(left(tokens, n), n) ? '`?:` is not traced; write condition.where(a, b)' : undefined
  return undefined
}

/** A name in use, not a property after a dot or a key before a colon. */
function isName(token: Token): boolean {
  return token.kind === 'word' && !token.property
}

const OPEN: Record<string, string> = { '(': ')', '[': ']', '{': '}' }
const CLOSE = new Set(Object.values(OPEN))
/** Where an operand ends: nothing that binds looser than logic crosses these. */
const EDGES = new Set([',', ';', '=>', '?', ':', '=', '+=', '-=', '*=', '&&=', '||=', '??='])
const EDGE_WORDS = new Set(['return', 'const', 'let', 'var', 'case', 'else', 'throw', 'yield'])
const LOOSER = new Set(['&&', '||', '??'])

/** The first token of the operand that ends before n. */
function left(tokens: readonly Token[], n: number): number {
  let depth = 0
  for (let at = n - 1; at >= 0; at--) {
    const { text, kind } = tokens[at]!
    if (kind === 'mark' && CLOSE.has(text)) depth++
    else if (kind === 'mark' && text in OPEN && --depth < 0) return at + 1
    else if (depth === 0 && ((kind === 'mark' && EDGES.has(text)) || (kind === 'word' && EDGE_WORDS.has(text)))) return at + 1
  }
  return 0
}

/** One past the last token of the operand that starts after n. */
function right(tokens: readonly Token[], n: number): number {
  let depth = 0
  for (let at = n + 1; at < tokens.length; at++) {
    const { text, kind } = tokens[at]!
    if (kind !== 'mark') continue
    if (text in OPEN) depth++
    else if (CLOSE.has(text) && --depth < 0) return at
    else if (depth === 0 && (EDGES.has(text) || LOOSER.has(text))) return at
  }
  return tokens.length
}

/** The index of the bracket that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const { text, kind } = tokens[at]!
    if (kind !== 'mark') continue
    if (text in OPEN) depth++
    else if (CLOSE.has(text) && --depth === 0) return at
  }
  return tokens.length
}

/** Names that may hold traced values: parameters of this and inner functions, and whatever is made from such a name. */
function tracedNames(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>()
  for (let n = 0; n < tokens.length; n++) for (const name of parametersAt(tokens, n)) names.add(name)
  for (let before = -1; before !== names.size; ) {
    before = names.size
    for (let n = 0; n < tokens.length; n++) spread(tokens, n, names)
  }
  return names
}

/** The parameters of a function whose list of parameters ends here. */
function parametersAt(tokens: readonly Token[], n: number): string[] {
  const { text, kind } = tokens[n]!
  if (kind === 'mark' && text === '=>') {
    const before = tokens[n - 1]
    if (before?.text !== ')') return before ? [before.text] : []
    return wordsBetween(tokens, opening(tokens, n - 1), n - 1)
  }
  const isFunction = kind === 'word' && text === 'function'
  const isMethod = n === 0 && kind === 'word' && !isFunction && tokens[tokens[1]?.kind === 'word' ? 2 : 1]?.text === '('
  if (!isFunction && !isMethod) return []
  const open = tokens.findIndex((token, at) => at > n && token.text === '(')
  const end = closing(tokens, open)
  return open < 0 || tokens[end + 1]?.text === '=>' ? [] : wordsBetween(tokens, open, end)
}

function opening(tokens: readonly Token[], close: number): number {
  let depth = 0
  for (let at = close; at >= 0; at--) {
    const { text, kind } = tokens[at]!
    if (kind !== 'mark') continue
    if (CLOSE.has(text)) depth++
    else if (text in OPEN && --depth === 0) return at
  }
  return 0
}

function wordsBetween(tokens: readonly Token[], from: number, to: number): string[] {
  return tokens.slice(from + 1, to).flatMap((token) => (isName(token) ? [token.text] : []))
}

/** An assignment from, or a loop over, a traced name makes another one. */
function spread(tokens: readonly Token[], n: number, names: Set<string>): void {
  const { text, kind } = tokens[n]!
  const assigns = kind === 'mark' && (text === '=' || /^(?:\+|-|\*|\/|&&|\|\||\?\?)=$/.test(text))
  const iterates = kind === 'word' && (text === 'of' || text === 'in')
  if (!assigns && !iterates) return
  const end = right(tokens, n)
  if (!tokens.slice(n + 1, end).some((token) => isName(token) && names.has(token.text))) return
  const pattern = tokens[n - 1]!
  const from = CLOSE.has(pattern.text) ? opening(tokens, n - 1) : n - 1
  for (const token of tokens.slice(from, n)) if (isName(token)) names.add(token.text)
}

/** The line around a token, short enough for a message. */
function excerpt(source: string, { at }: Token): string {
  const from = source.lastIndexOf('\n', at) + 1
  const stop = source.indexOf('\n', at)
  const line = source
    .slice(from, stop < 0 ? source.length : stop)
    .replace(/\s+/g, ' ')
    .trim()
  return `in \`${line.length > 100 ? `${line.slice(0, 99)}…` : line}\``
}
