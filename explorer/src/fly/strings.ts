/** What Fly says. */

import { strings } from '../strings.ts'

const NBSP = '\u00a0'
const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, NBSP)
const many = (n: number, one: string, more: string): string => `${count(n)}${NBSP}${n === 1 ? one : more}`

export const said = {
  count,
  /** In words what the picture is: its shape, then which links are drawn. */
  shape: (tokens: number, layers: number, heads: number): string =>
    `Each token is a column: ${many(tokens, 'token', 'tokens')} to the right, ${many(layers, 'layer', 'layers')} upward, ${many(heads, 'head', 'heads')} in depth.`,
  part: (from: number, to: number, of: number): string =>
    `Shown are tokens ${from} to ${to - 1} of ${of} and the links between them.`,
  drawn(drawn: number, above: number, all: number, threshold: number): string {
    const least = threshold > 0 ? ` that carry at least ${strings.percent(threshold)}` : ''
    if (drawn < above) return `Drawn are the ${count(drawn)} strongest of ${count(above)} links${least}.`
    return `${count(above)} of ${many(all, 'link', 'links')}${threshold > 0 ? ` ${above === 1 ? 'carries' : 'carry'} at least ${strings.percent(threshold)}` : ' are drawn'}.`
  },
  apart: (names: string): string => `Looks at ${names} are left out.`,

  space: 'The run in space',
  spaceHelp:
    'Arrow keys turn it, with Shift they move it. Plus and minus come nearer and go away. A and D fly to the token before and after, W and S a level up and down. N goes to the next weaker link, B back. Enter takes the link apart. Zero shows the whole run.',
  keys: [
    ['drag, arrows', 'turn'],
    ['Shift + drag, Shift + arrows', 'move'],
    ['wheel, pinch, + −', 'nearer, farther'],
    ['A D', 'to the token before, after'],
    ['W S', 'a level up, down'],
    ['N B', 'next weaker link, and back'],
    ['click, Enter', 'take the link apart'],
    ['0', 'the whole run'],
  ],
  keysTitle: 'Keys here',

  legend: 'Width is the weight, colour its square root.',
  legendLabel: 'Colour scale: weight from 0 to 1, by its square root',

  controls: {
    layer: 'layers',
    pickLayer: 'Layers drawn',
    allLayers: 'all',
    head: 'heads',
    pickHead: 'Heads drawn',
    allHeads: 'all',
    mean: 'means',
    threshold: 'from weight',
    pickThreshold: 'Smallest weight that is drawn',
    apart: 'sinks apart',
    apartTitle: 'Moves the first token and the marks that the tokenizer adds aside, and leaves out the looks at them',
    light: 'light',
    lightTitle: 'Light travels from the token looked at to the token that looks',
  },
  camera: {
    title: 'View',
    whole: 'whole run',
    front: 'from the front',
    side: 'from the side',
    above: 'from above',
    nearer: 'nearer',
    farther: 'farther',
  },

  level: (level: number, layers: number): string =>
    level === 0 ? 'after the embeddings' : level === layers ? `after layer ${level - 1}, the last` : `after layer ${level - 1}`,
  layer: (layer: number): string => `layer ${layer}`,
  head: (head: number): string => `head ${head}`,
  where: (layer: number, head: number | 'mean', heads: number): string =>
    `layer ${layer}, ${head === 'mean' ? `mean of its ${heads} heads` : `head ${head}`}`,
  link: (from: string, to: string): string => `${from} → ${to}`,
  cell: (token: string, level: string, component: number): string => `${token} ${level}, value ${component}`,
  tapAgain: 'Tap again to take it apart.',
  value: (value: number): string => String(Number(value.toPrecision(7))).replace('-', '−'),

  list: {
    title: 'Strongest links',
    subtitle: 'of those drawn',
    note: 'Each opens the arithmetic of its weight.',
    more: (rest: number): string => `${many(rest, 'more', 'more')}`,
    none: 'No link is this strong.',
  },
  stream: {
    title: 'Residual stream',
    of: (token: string): string => `of ${token}`,
    level: 'level',
    pickLevel: 'Level of the stream',
    component: 'value',
    pickComponent: (width: number): string => `Which of the ${width} values`,
    of_: (width: number): string => `of ${width}`,
    note: 'One cell for each value that the model holds for this token, row by row.',
    picture: (token: string, level: string): string => `The values of ${token} ${level}`,
    legend: 'Colour by sign and √size; one value in a hundred lies beyond the scale.',
    legendLabel: (limit: string): string => `Colour scale: from −${limit} to ${limit}, by the square root of the size`,
    waiting: 'The values are on their way.',
  },
  take: {
    title: 'The links that are drawn',
    head: [
      'layer',
      'head',
      'number of the token that looks',
      'the token that looks',
      'number of the token looked at',
      'the token looked at',
      'weight',
    ],
  },
  without3d:
    'This browser draws no 3-D pictures (WebGL 2 is missing or switched off). The links and values below are the same ones.',
  lost: 'The picture was lost by the graphics driver and comes back as soon as it can.',
}
