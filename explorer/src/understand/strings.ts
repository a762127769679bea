/**
 * What Understand says. Sentences are whole, so that they can be translated: `{name}` is where a word or a number of the model's goes
 * (`Say.svelte`).
 */

const NBSP = '\u00a0'

export const says = {
  /** The line of choices at the top: the words in brackets are pickers. */
  choose: 'How {from} looks at {to} in layer {layer}, head {head}, number by number.',
  /** The same of a model that reads one text and writes another. */
  chooseRead: 'In {half}, how {from} looks at {to} in layer {layer}, head {head}, number by number.',
  chooseWritten:
    'In {half}, how {from} looks at {to} in layer {layer}, head {head}, and across at {source} in head {across}, number by number.',
  half: 'The text that is followed',
  halves: { read: 'what it reads', written: 'what it writes' },
  from: 'The token that looks',
  to: 'The token it looks at',
  layer: 'Layer',
  head: 'Head',
  source: 'The token it looks at in the text that was read',
  across: 'Head of the look across',
  legend:
    'Each vector is a row of bars, one a number: up is positive, down is negative. The size that fills a row stands at its right; heights are linear, in vectors of more than 128 numbers by the square root. Point at a bar, or walk with the arrow keys, to read it; click it, or press Enter, to see what it is made of where a matrix made it.',
  stopsLabel: 'Steps of the block',
  shape: (...sizes: readonly (number | string)[]) => sizes.join(`${NBSP}×${NBSP}`),
  busy: 'Taking the layer apart.',
  writing: 'Writing.',

  take: {
    where: {
      own: (layer: number, head: number) => `layer ${layer}, head ${head}`,
      across: (layer: number, head: number) => `across into the text that was read, layer ${layer}, head ${head}`,
    },
    score: (from: string, to: string, where: string) => `The score of ${from} → ${to}, number by number, ${where}`,
    scoreHead: ['number', 'query', 'key', 'query × key'],
    sums: (product: number, scaled: number, weight: number) =>
      `The products add up to ${product}; scaled, that is ${scaled}; as a share of the row, ${weight}.`,
    row: (from: string, where: string) => `The row of ${from}, from scores to shares, ${where}`,
    rowHead: ['number', 'token looked at', 'scaled score', 'after the softcap', 'after bias and mask', 'e to its power', 'share'],
  },

  /** In the order of the block. Those of the look across begin with `cross-`. */
  stops: {
    tokens: 'Tokens',
    embedding: 'Embedding',
    input: 'Into the layer',
    heads: 'Query, key, value',
    score: 'Score',
    softmax: 'Softmax',
    blend: 'Blend',
    stream: 'Back into the stream',
    'cross-heads': 'Looking across',
    'cross-score': 'Score across',
    'cross-softmax': 'Softmax across',
    'cross-blend': 'Blend across',
    'cross-stream': 'Into the stream again',
    think: 'Feed-forward',
    out: 'What goes on',
  },

  strip: {
    channel: 'channel',
    summary: (count: number, most: string) => `${count} numbers between −${most} and ${most}; arrow keys read them`,
    one: (unit: string, n: number, x: string) => `${unit} ${n}: ${x}`,
    reach: (most: string) => `±${most}`,
    length: 'length',
  },

  tokens: {
    sentence: 'The text is cut into {count} tokens. {token} is number {id} of the {vocabulary} that this model knows.',
    written:
      'The model writes token by token, each of them made from those before it and from the text that was read. {count} stand here, the first of which only opens the text. {token} is number {id} of the {vocabulary} that this model knows.',
    greedy: 'This is what the model itself writes, always the likeliest token.',
    typed: 'This was typed in Across.',
    across: 'Type another text in Across',
    shape: (tokens: number) => `${tokens}${NBSP}tokens`,
    pick: (token: string) => `Follow ${token}`,
  },

  embedding: {
    word: '{token} comes in as {width} numbers: the vector of its word.',
    place: '{token} comes in as {width} numbers: the vector of its word, and one for its place, added up.',
    segment: '{token} comes in as {width} numbers: the vector of its word, and one for its segment, added up.',
    both: '{token} comes in as {width} numbers: the vectors of its word, of its place and of its segment, added up.',
    normed: 'Then the sum is brought to one scale by a norm.',
    rows: { word: 'word', place: 'place', segment: 'segment', sum: 'sum', given: 'normed' },
  },

  input: {
    first: 'Layer 0 is the first: it is given {token} as it came in.',
    later: '{layers} added to {token} since it came in. This is what layer {layer} is given.',
    layers: (count: number) => (count === 1 ? 'One layer has' : `${count} layers have`),
    normed: {
      layer:
        'Before it looks, the layer norms it: less its mean, {mean}, over its spread, {spread}, then weighed channel by channel.',
      rms: 'Before it looks, the layer norms it: over its root mean square, {spread}, then weighed channel by channel.',
    },
    rows: { entered: 'given', attentionInput: 'normed' },
  },

  heads: {
    sentence:
      'Three learned matrices make of these {width} numbers a query, a key and a value for each of the {heads} heads, {size} numbers long. {from} asks with its query; {to} answers with its key, and has its value to give.',
    shared: 'In this model {heads} queries share {kv} keys and values.',
    rotary:
      'Query and key are shown as they are multiplied: already turned by their places (rotary positions), so that their fit depends on how far apart they stand.',
    normed: 'Each head’s query and key are normed first.',
    across:
      'Now {from} looks across, into the text that was read. From its {width} numbers as they stand now, a matrix makes a query for each of the {heads} heads, {size} numbers long; from those that the reading half ended with for {to}, two others make a key and a value. {from} asks with its query; {to} answers with its key, and has its value to give.',
    input: 'normed',
    rows: { query: 'query of {token}', key: 'key of {token}', value: 'value of {token}' },
  },

  score: {
    sentence: 'Number by number, the query of {from} is multiplied by the key of {to}. The {size} products add up to {product}.',
    most: 'Channel {channel} alone makes {term} of it.',
    rows: { q: 'q of {token}', k: 'k of {token}', terms: 'q × k' },
    product: 'q · k',
    root: (size: number) => `÷ √${size}`,
    times: '× {scale}',
    capped: 'held within ±{cap} (softcap)',
    added: 'with the bias for their distance',
    forbidden: 'the mask forbids this link',
    score: 'score',
    plain: 'Nothing else changes it: in this layer there is no mask, no bias and no softcap.',
    plainAcross: 'Nothing else changes it: there is no mask between the two texts, no bias and no softcap.',
    seen: 'The mask lets it be: {to} is not later than {from}.',
    window: 'The mask lets it be: {to} lies within the window that {from} may look through.',
    hidden: '{to} stands where {from} may not look, so the score becomes −∞ and the share 0.',
    bias: 'A bias for how far apart they stand makes {masked} of {capped}.',
  },

  softmax: {
    sentence:
      'All {count} scores of {from} become shares of 1: e to the power of each, over the sum of all. (The largest, {most}, is taken off first, which changes no share.)',
    line: 'e to the power of ({score} − {most}) is {raised}; over the sum, {total}, that is {weight}.',
    modes: { score: 'score', raised: 'e to the power', weight: 'share' },
    modesLabel: 'Show',
    sink: 'nowhere (sink)',
    sinkNote: 'A sink takes its share and gives nothing.',
    forbidden: 'not allowed',
    rest: (count: number) => `${count} more with smaller shares are not listed.`,
    column: { token: 'token', score: 'score', raised: 'e^(score − largest)', weight: 'share' },
    nothing: '{from} may look nowhere in this head.',
  },

  blend: {
    sentence: '{from} brings home a mixture of values: each token’s value, times its share. {to} adds its value times {weight}.',
    rest: (count: number) => (count === 1 ? 'one other' : `${count} others`),
    blend: 'brought home',
    by: 'share',
    row: (share: string, token: string) => `${share} of the value of ${token}`,
  },

  stream: {
    sentence:
      'Head {head}’s part of the output matrix turns what was brought home back into {width} numbers: a vector of length {length}. All {heads} heads together add one of length {all} to {from}, whose own is {own} long.',
    normed: 'Then the sum is normed.',
    resultNormed: 'What is added is normed first.',
    lengths: 'How much each head writes: the length of its vector',
    headLabel: (head: number, length: string) => `head ${head} writes a vector of length ${length}`,
    rows: { entered: 'was', part: 'head {head} writes', attentionOutput: 'all heads add', attended: 'is now' },
  },

  think: {
    sentence:
      'By itself, looking at no other token, {from} passes a feed-forward: {width} numbers become {inner}, of which the activation ({activation}) lets some through; these become {width} numbers again, a vector of length {length}, which is added.',
    gated: 'A gate of {inner} numbers decides, number by number, how much gets through.',
    experts: '{experts} feed-forwards share the work; each token is sent to a few of them.',
    parallel: 'In this model the feed-forward starts from what came into the block, beside attention.',
    rows: { feedForwardInput: 'given', normed: 'normed', inner: 'inside', feedForwardOutput: 'adds', left: 'is now' },
  },

  out: {
    more: 'This is what layer {layer} hands on. {layers} more will look and add before the end.',
    one: 'This is what layer {layer} hands on. One more will look and add before the end.',
    last: 'Layer {layer} was the last.',
    next: 'At the end every word of the vocabulary is scored. After {token}, the model expects:',
    here: 'At the end every word of the vocabulary is scored. Where {token} stands, the model would put:',
    actual: {
      next: 'What follows is {word}: {share}, number {rank} in its order.',
      here: 'What stands there is {word}: {share}, number {rank} in its order.',
    },
    read: 'The half that reads scores no words. What it makes of {token} at the end is this vector, of which the half that writes makes keys and values.',
    none: 'This model scores no words. What it makes of {token} at the end is this vector, and nothing else.',
    rows: { last: 'at the end' },
    score: 'score',
  },

  origin: {
    sentence: 'Channel {channel} is made of {count} products, {given} times a row of learned weights. They add up to {value}.',
    biased:
      'Channel {channel} is made of {count} products, {given} times a row of learned weights. They add up to {sum}; with the bias, {bias}, that is {value}.',
    most: 'The largest, at channel {channel}, is {term}.',
    given: {
      query: 'what the layer is given',
      key: 'what the layer is given',
      value: 'what the layer is given',
      attentionOutput: 'what all heads brought home',
      inner: 'what the feed-forward is given',
      feedForwardOutput: 'the inner numbers',
    },
    givenAcross: {
      query: 'what the token is by now',
      key: 'what the reading half made of its token',
      value: 'what the reading half made of its token',
      attentionOutput: 'what all heads brought home',
    },
    rows: { input: 'given', weights: 'weights of {channel}', terms: 'given × weight' },
    beforeTurn: 'What is shown above was normed or turned after that.',
    beforeActivation: 'What is shown above has passed the activation since.',
    close: 'Close',
  },

  mean: {
    sentence:
      'An average of {heads} heads has no query and no key of its own. {from} gives {to} {mean} on average: these are the {heads} weights it is the average of. Choose a head to take it apart.',
    shape: (heads: number) => `${heads}${NBSP}heads`,
    option: (heads: number) => `mean of all ${heads}`,
    head: 'head ',
  },

  tour: {
    start: 'Take the tour',
    startNote: { read: 'ten short steps, with this sentence', written: 'fifteen short steps, with what is written' },
    leave: 'Leave',
    back: 'Back',
    next: 'Next',
    again: 'From the start',
    label: 'Tour',
    at: (n: number, of: number) => `${n} of ${of}`,
    keys: '← → to step, Escape to leave',
    says: {
      tokens:
        'A model does not read letters. It cuts the text into pieces that it has met before, its tokens, and knows each of them by a number.',
      embedding:
        'Each number stands for a list of numbers, a vector. At first the model knows no more of {token} than this: the word by itself, whatever stands around it.',
      input:
        'Layer by layer, tokens look at one another and add what they find to their own vectors. So what layer {layer} is given says more than the word alone.',
      heads:
        'To look, {from} makes a query: what it looks for. {to} has a key: what it offers to whoever looks, and a value: what it hands over. Each head has its own.',
      score:
        'Does the query fit the key? Multiply them number by number and add up. Where both are large and of one sign, the fit grows; where their signs differ, it shrinks.',
      softmax:
        'Scores become shares that add up to 1. What stands out is raised, the rest is pressed down: {to} gets {weight} of what {from} looks at.',
      blend: 'Now the look pays off. {from} takes home a mixture of what all tokens hand over, mixed by these shares.',
      stream: 'What was brought home is added to the vector of {from}. Nothing is replaced: what was there stays in the sum.',
      'cross-heads':
        'Then it looks across. The text that was read has been through a half of its own: each of its tokens comes with a key and a value, and {from} asks them all with a new query.',
      'cross-score':
        'The same arithmetic, between two texts: the query of {from}, which is written, times the key of {source}, which was read, number by number, added up.',
      'cross-softmax':
        'No mask forbids anything here: all of the text that was read is there already. {source} gets {acrossweight} of what {from} looks at there.',
      'cross-blend': 'What comes home is a mixture of what was read. Whatever the answer takes from the other text comes this way.',
      'cross-stream':
        'It is added too. Now the vector of {from} holds what was written so far and what of the other text counts here.',
      think: 'Between two looks every token thinks by itself: a small network, the same for all of them.',
      out: 'Then the next layer begins, with new queries and keys. After the last one, this vector is all that the model has to say about {token}.',
    },
    /** What is said otherwise where the text is one that is written. */
    written: {
      tokens:
        'A model that writes has two halves: one has read the whole text, the other writes the answer, token by token. Here the second one is at {token}.',
      stream:
        'What was brought home is added to the vector of {from}. Nothing is replaced: what was there stays in the sum. So far it has only seen what is written.',
      think: 'Then every token thinks by itself: a small network, the same for all of them.',
      out: 'Then the next layer begins, with new queries and keys. After the last one, this vector says which word should follow {token}; that one is written, and all of it begins again from there.',
    },
  },
} as const

export type StopId = keyof typeof says.stops
/** The steps of a half that writes, and of any other. */
export const STOPS_WRITTEN = Object.keys(says.stops) as readonly StopId[]
export const STOPS = STOPS_WRITTEN.filter((stop) => !stop.startsWith('cross-'))
