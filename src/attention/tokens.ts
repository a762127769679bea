/** JavaScript source as tokens: enough to tell code from strings, comments, templates and regular expressions. */

export interface Token {
  readonly kind: 'word' | 'mark' | 'literal'
  readonly text: string
  /** Where it starts in the source. */
  readonly at: number
  /** A word after a dot, or a key before a colon of an object: no variable. */
  readonly property: boolean
}

const SPACE = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)n?/y
const QUOTED = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const MARK =
  /=>|\.\.\.|\?\?=|&&=|\|\|=|===|!==|>>>=?|\*\*=?|<<=?|>>=?|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|[-+*/%&|^]=|[-{}()[\];,<>+*/%&|^!~?:=.@#]/y

/** Words after which a slash starts a regular expression, not a division. */
const BEFORE_OPERAND = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'yield',
  'await',
  'instanceof',
])

export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  scan(source, 0, tokens, undefined)
  return tokens
}

/** Reads from `at` to the end, or to the brace that closes a template's `${`. → where it stopped. */
function scan(source: string, at: number, tokens: Token[], until: '}' | undefined): number {
  let depth = 0
  while (at < source.length) {
    const space = match(SPACE, source, at)
    if (space) {
      at += space.length
      continue
    }
    if (until && depth === 0 && source[at] === until) return at
    if (source[at] === '`') {
      at = template(source, at + 1, tokens)
      continue
    }
    const token = read(source, at, tokens.at(-1))
    if (token.text === '{') depth++
    if (token.text === '}') depth--
    if (token.kind === 'mark' && token.text === ':') markKey(tokens)
    tokens.push(token)
    at += token.text.length
  }
  return at
}

function read(source: string, at: number, before: Token | undefined): Token {
  const literal =
    match(QUOTED, source, at) ?? match(NUMBER, source, at) ?? (startsOperand(before) ? match(REGEX, source, at) : undefined)
  if (literal) return { kind: 'literal', text: literal, at, property: false }
  const word = match(WORD, source, at)
  if (word) return { kind: 'word', text: word, at, property: before?.text === '.' || before?.text === '?.' }
  return { kind: 'mark', text: match(MARK, source, at) ?? source[at]!, at, property: false }
}

/** May an operand (rather than an operator) come after this token? */
function startsOperand(before: Token | undefined): boolean {
  if (!before) return true
  if (before.kind === 'literal') return false
  if (before.kind === 'word') return BEFORE_OPERAND.has(before.text)
  return before.text !== ')' && before.text !== ']' && before.text !== '}'
}

/** `{ key: …` and `, key: …`: the word before the colon is a key. A ternary's middle operand is preceded by `?` instead. */
function markKey(tokens: Token[]): void {
  const key = tokens.at(-1)
  const before = tokens.at(-2)
  if (key?.kind === 'word' && (before?.text === '{' || before?.text === ',')) tokens[tokens.length - 1] = { ...key, property: true }
}

/** A template's text is a literal; what stands in `${…}` is code. */
function template(source: string, at: number, tokens: Token[]): number {
  const start = at - 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') at += 2
    else if (source[at] === '$' && source[at + 1] === '{') {
      tokens.push({ kind: 'mark', text: '(', at, property: false })
      at = scan(source, at + 2, tokens, '}') + 1
      tokens.push({ kind: 'mark', text: ')', at: at - 1, property: false })
    } else at++
  }
  tokens.push({ kind: 'literal', text: '``', at: start, property: false })
  return at + 1
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}
