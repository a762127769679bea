/** What measures are called on the command line, in tables and in pictures. */

import { HEAD_MEASURES, type HeadMeasure } from '../../lens/index.ts'

export type Shown = HeadMeasure | 'sinks'

interface Words {
  /** As an option takes it. */
  readonly option: string
  /** What a head does that has much of it. */
  readonly title: string
  /** What the figures of a grid are. */
  readonly legend: string
  /** Shares are written in per cent. */
  readonly share: boolean
}

const words = (option: string, title: string, legend: string, share = true): Words => ({ option, title, legend, share })

export const WORDS: Readonly<Record<Shown, Words>> = {
  entropy: words('entropy', 'spreads its looks', 'entropy of a token’s looks, in nats', false),
  evenness: words('evenness', 'even looks', 'entropy as per cent of that of even looks at all visible tokens'),
  distance: words('distance', 'far looks', 'mean distance of looks, in tokens', false),
  span: words('span', 'wide span', 'tokens to each side that hold the span’s share of the weight', false),
  locality: words('locality', 'nearby tokens', 'per cent of the weight on tokens nearby'),
  self: words('self', 'itself', 'per cent of the weight on the token itself'),
  previous: words('previous', 'the token before', 'per cent of the weight on the token before'),
  next: words('next', 'the token after', 'per cent of the weight on the token after'),
  pieces: words('pieces', 'its own word', 'per cent of the weight on other pieces of the same word'),
  sameWord: words('same-word', 'the same word', 'per cent of the weight on other places of the same word'),
  induction: words('induction', 'what followed', 'per cent of the weight on what followed the same token before'),
  firstToken: words('first-token', 'the first token', 'per cent of the weight on the first token'),
  separators: words('separators', 'separators', 'per cent of the weight on separators and punctuation'),
  sinks: words('sinks', 'sinks', 'per cent of the weight on sinks: the first token and special ones'),
}

export const OPTIONS: readonly string[] = [...HEAD_MEASURES, 'sinks' as const].map((measure) => WORDS[measure].option)

export function measureNamed(option: string): Shown {
  return (Object.keys(WORDS) as Shown[]).find((measure) => WORDS[measure].option === option)!
}

/** In a grid: per cent without the sign, or a number with one decimal. What is above nothing but would round to it is a dot. */
export function brief(measure: Shown, value: number): string {
  if (!WORDS[measure].share) return value >= 99.95 ? value.toFixed(0) : value.toFixed(1)
  return value > 0 && value < 0.005 ? '·' : (100 * value).toFixed(0)
}
