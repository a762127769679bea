/** What Take away says, on the page and in the files. */

import type { Head } from '../engine/protocol.ts'
import { strings } from '../strings.ts'

export const takeStrings = {
  title: 'Take away',
  button: 'Take away',
  intro: (where: string, tokens: number) => `What is shown now: ${tokens} × ${tokens} weights, ${where}.`,
  files: [
    ['png', 'PNG', 'a picture, 192 dots to the inch'],
    ['svg', 'SVG', 'the same picture, for papers and slides'],
    ['csv', 'CSV', 'every weight as a table'],
    ['json', 'JSON', 'every weight with the tokens and their places in the text'],
    ['html', 'Page', 'one HTML file that works offline: picture, words and every number'],
  ],
  link: 'Copy link',
  linkWhat: 'opens this text, head and view again; the text is in the link and goes nowhere else',
  copied: 'Copied.',
  notCopied: (link: string) => `The browser did not let the link be copied; it is ${link}`,
  saved: (name: string) => `Saved ${name}.`,
  failed: (reason: string) => `That could not be made: ${reason}`,
  long: (most: number) => `Texts of more than ${most} tokens have no table; their picture shows the largest weight of each square.`,
  close: 'Close',

  where: (layer: number, head: Head, heads: number) => strings.statement.where(layer, head, heads),
  rows: 'the token that looks',
  columns: 'the token looked at',
  weight: 'attention weight',
  largest: (by: number) => `the largest of ${by} × ${by} attention weights`,
  caption: (model: string, where: string, tokens: number, by: number) =>
    `Attention of ${model} ${where}, on one text of ${tokens} tokens${by > 1 ? `; each square is the largest of ${by} × ${by} weights` : ''}.`,
  table: 'Every weight as a table',
  corner: 'looks ↓ at →',
  made: (model: string) => `Read from ${model} by Regard.`,
  open: 'Open it in Regard',
} as const
