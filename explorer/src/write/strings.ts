/** What Write says. */

import type { NextWord } from '../engine/questions/write.ts'
import { strings } from '../strings.ts'
import { wordName } from '../words/name.ts'

const BEARING = /[\p{L}\p{N}]/u

export const writeStrings = {
  one: 'Write one token',
  play: 'Write on',
  pause: 'Stop',
  back: 'Take one back',
  clear: 'Take all back',
  use: 'Use as text',
  across: 'See where all of it looked',
  controls: 'Writing',

  /** Before anything is written, and what the text is called to a screen reader. */
  begin: 'Nothing is written yet. Each press writes one token; Write on goes on by itself until you stop it.',
  textLabel: 'The text so far, in the colours of where its token looks',
  sourceLabel: 'The text that is read, in the colours of where the token looks',
  sourceTitle: 'Source',
  targetTitle: 'Written',
  wrote: (text: string) => `Written: ${text}`,
  reading: 'Reading.',
  reads: (name: string, kind: 'encoder' | 'decoder' | 'encoder-decoder') =>
    kind === 'encoder'
      ? `${name} reads and does not write: each of its words may look at all others, also at those after it, so nothing is left to foresee. A decoder looks back alone, and foresees the next word.`
      : `${name} has no head that scores words, so it cannot choose a next one.`,

  stopped: 'The text ends here: the token that ends a text was written. Take it back to go on.',
  full: 'The model has no room for more. Take something back to go on.',
  failed: (reason: string) => `It cannot be written: ${reason.replace(/\.$/, '')}.`,

  gave: (share: string) => `The model gave it a probability of ${share} when it was written.`,
  given: 'It is the last token of the text that was given.',
  /** Behind "in layer 1, head 2". */
  target: ', in what is written',
  source: ', in the source',
  tokenTitle: (share: string) => `written with ${share}`,

  next: 'Next token',
  after: (token: string) => `after ${token}`,
  nextNote: {
    likeliest:
      'How likely the model thinks each is. The marked one is the likeliest and is written next; press another to take it instead.',
    drawn:
      'How likely the model thinks each is, and how likely it is drawn by the choices above. The marked one is drawn next; press another to take it instead.',
  },
  columns: ['id', 'token', 'probability', 'odds'],
  earlier: 'Another token here drops what was written after it.',
  ends: 'end of the text',
  odds: (odds: number) => (odds === 0 ? 'left out' : `drawn ${strings.percent(odds)}`),
  takes: (label: string) => `Take ${label}`,

  /** A token as it would stand in the text: a dot says that it goes on inside the word before it. */
  label({ text, ends }: Pick<NextWord, 'text' | 'ends'>, before: string): string {
    if (ends) return writeStrings.ends
    const shown = wordName(text)
    const joins = text.startsWith(shown[0]!) && BEARING.test(shown[0]!) && BEARING.test(before.at(-1) ?? '')
    return joins ? `·${shown}` : shown
  },

  rows: 'where this token looks',
  rowsNote:
    'Each square is one head: a stripe for every token, in the colour of what this token gives it. Arrow keys move; Enter holds.',
  crossTitle: 'Heads, at the source',
  ownTitle: 'Heads, at what is written',
  legend: 'Colour by √weight. Written tokens are underlined; the thick bar marks the one that looks.',
  held: 'Press a token to see where it looked when it was read.',

  draw: {
    title: 'How the next token is chosen',
    temperature: 'temperature',
    topK: 'top-k',
    topP: 'top-p',
    seed: 'seed',
    all: 'all',
    greedy: 'At temperature 0 the likeliest is taken, always; above it chance decides, the more the higher.',
    drawn:
      'The same seed draws the same text. Top-k leaves the k likeliest in the draw, top-p the likeliest that together reach that probability.',
  },
} as const
