/** What Across says. */

export const acrossStrings = {
  only: (name: string, kind: 'encoder' | 'decoder' | 'encoder-decoder') =>
    `${name} has no cross-attention: it ${kind === 'decoder' ? 'goes on with the text that it reads' : 'reads one text'}, so there is no other text to look across at. An encoder–decoder reads one text and writes another, and looks from each token that it writes into the text that it read.`,
  cannot: (reason: string) => `That cannot be shown: ${reason.replace(/\.$/, '')}.`,
  reading: 'Writing.',

  target: 'Target',
  targetLabel: 'Target: the text that is written',
  greedy: 'What the model writes, always the likeliest token. Type another text to see where it would look for that.',
  typed: 'A text of yours.',
  own: 'Show what the model writes',
  step: 'Write it token by token',
  source: 'Source',
  written: 'Written',
  sourceLabel: 'The text that is read, in the colours of where the token looks',
  writtenLabel: 'The text that is written; press a token to see where it looks',

  matrix: 'Who looks across at whom',
  heads: 'each looks from what is written into the source',
  headsNote:
    'Each square is one head’s matrix: rows are the tokens written, columns those of the source. Arrow keys move; Enter reads it.',
  where: ', in the source',
  looked: ', in the source',
  note: 'A row is where a token looks to find what comes after it; that stands behind the arrow.',
  came: (next: string) => `What comes after it is ${next}.`,
  ends: 'After it, the model ends the text.',
  would: (next: string) => `What the model would write after it is ${next}.`,
  end: 'end',
  rows: 'written',
  columns: 'source',
  /** Of the whole matrix, to take away. */
  offer: (where: string) => `Cross-attention ${where}`,
  weight: 'weight',
  figure: (x: number) => String(Number(x.toPrecision(3))),
} as const
