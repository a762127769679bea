/** What Take away says, on the page and in the files. */

export const takeStrings = {
  title: 'Take away',
  what: 'What',
  matrix: (where: string) => `Who looks at whom, ${where}`,
  files: [
    ['png', 'PNG', 'a picture, for screens'],
    ['svg', 'SVG', 'a picture that stays sharp, for papers and slides'],
    ['csv', 'CSV', 'every number as a table'],
    ['json', 'JSON', 'every number with the tokens and their places in the text'],
    ['html', 'Page', 'one HTML file that works offline: picture, words and every number'],
  ],
  trace: 'Trace',
  traceWhat: (edits: boolean) =>
    `the whole run${edits ? ' with your changes' : ''} as a safetensors file: queries, keys, values, what every head gave, the stream; openTrace of regard/lens opens it without the model`,
  traceWithout: 'The scores of all words are left out of this file: for a text this long they would be most of it.',
  link: 'Copy link',
  linkWhat: 'opens this text, view and selection again, with your changes; the text is in the link and goes nowhere else',
  copied: 'Copied.',
  notCopied: (link: string) => `The browser did not let the link be copied; it is ${link}`,
  making: 'Making the file.',
  saved: (name: string) => `Saved ${name}.`,
  failed: (reason: string) => `That could not be made: ${reason}`,
  long: (most: number) =>
    `Matrices of more than ${most} tokens have no table; their picture shows the largest weight of each square.`,

  /** Every digit that a 32-bit number has. */
  exact: (x: number) => String(Number(x.toPrecision(9))),
  /** In a legend. */
  figure: (x: number) => String(Number(x.toPrecision(3))),
  rows: 'the token that looks',
  columns: 'the token looked at',
  weight: 'attention weight',
  largest: (by: number) => `the largest of ${by} × ${by} attention weights`,
  pooled: (by: number) => `Each square is the largest of ${by} × ${by} weights.`,
  read: (model: string, tokens: number) => `Read from ${model}, on one text of ${tokens} tokens.`,
  table: 'Every number as a table',
  corner: 'looks ↓ at →',
  made: (model: string) => `Read from ${model} by Regard.`,
  open: 'Open it in Regard',
} as const
