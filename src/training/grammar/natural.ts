/**
 * Sentences of no frame, written by hand before any training and kept out of all of it. [ ] marks what the pronoun refers to, ( ) the
 * nouns that it could be taken for, * the pronoun.
 */

import type { Mark } from './write.ts'

export interface Natural {
  readonly text: string
  readonly pronoun: Mark
  readonly referent: Mark
  readonly distractors: readonly Mark[]
}

const ARTICLES = `
The [animal] didn't cross the (street) because *it* was too tired.
The (animal) didn't cross the [street] because *it* was too wide.
The [cat] sat on the (mat) because *it* was tired.
`

const LIST = `
The [dog] barked at the (car) until *it* was hungry.
The (dog) ran after the [bus] until *it* ran out of gas.
Take the [soup] off the (stove) before *it* gets cold.
The [ship] sank when *it* struck the (ice).
My (brother) left the [truck] by the (river) because *it* was broken.
The [cake] is on the (table), and *it* smells wonderful.
I dropped my [phone] into the (lake), and now *it* will not turn on.
The (farmer) sold the [cow] because *it* gave no (milk).
The (children) built a (boat), but the [river] was so shallow that you could walk through *it*.
We wanted to climb the [hill] behind the (farm), but *it* was far too steep.
The (policeman) stopped the [car] because *it* had no (lights).
If the [baby bird] falls out of the (tree), *it* will not be able to fly.
She put the [letter] in a (drawer) so that nobody would read *it*.
The [horse] refused to jump over the (fence) because *it* was frightened.
The (horse) refused to jump over the [fence] because *it* was much too high.
The [tree] in front of our (house) is so old that *it* may fall in the next storm.
He bought a [watch] at the (shop) on Monday, and on Friday *it* stopped ticking.
The (kitten) knocked the [vase] off the (shelf), and *it* broke into a thousand pieces.
The [kitten] knocked the (vase) off the (shelf) because *it* wanted to play.
My (sister) washed her [dress] in hot (water), and *it* shrank.
They painted the [church] near the (market) because *it* looked shabby.
The [fox] slipped under the (gate), for *it* had smelled the hens.
When the (rain) stopped, the [field] was so muddy that no one could walk on *it*.
We could not eat the [bread] from the (bakery) because *it* was as hard as stone.
The (guests) loved the [song] so much that the (band) played *it* twice.
I closed the [window] of the (kitchen) because *it* was letting in cold air.
The [lion] lay down in the shade of a (tree), since *it* had just eaten.
The (boy) threw a [stone] at the (window), but *it* missed.
The (nurse) hung her [coat] by the (fire) because *it* was soaked.
Somebody had left the [ladder] against the (wall), and *it* was old and shaky.
Before the [train] came into the (station), *it* had been standing in a tunnel for an hour.
The (mechanic) pushed the [car] out of the (garage) since *it* would not start.
The [parrot] learned to talk like my (grandfather), and *it* never got tired of talking.
The (teacher) read us a [story] about a (castle), but *it* was so long that we fell asleep.
Our [boat] drifted towards the (rocks) because *it* had lost its sail.
The (king) ordered a new [crown] from the (jeweler), but *it* was too heavy to wear.
The [mouse] ran behind the (stove) because *it* had heard the cat.
The (cook) tasted the [stew] in the (pot) and said that *it* needed pepper.
The (hunters) followed the [wolf] into the (forest), where *it* disappeared.
You can borrow my [bicycle] to ride to the (school), but *it* has no brakes.
Although *it* was very expensive, my (aunt) bought the [piano] for her (house).
Whenever *it* is hungry, the [cat] sits down in front of the (fridge).
The (river) froze last winter, and the [bridge] collapsed under the weight of the snow that lay on *it*.
The [owl] sat in the (barn) all day, because *it* hunts only at night.
After *it* had been repaired, the [clock] in the (tower) struck the hours again.
The (gardener) cut down the [oak] beside the (road) because *it* was dead.
A [bear] came out of the (woods) and ate our honey, for *it* was starving.
The (thief) opened the [safe] in the (bank) and saw that *it* was empty.
Leave the [towel] on the (chair) until *it* is dry.
The (trophy) would not go into the brown [suitcase] because *it* was too small.
The [trophy] would not go into the brown (suitcase) because *it* was too big.
The (sofa) blocked the [door], so nobody could open *it*.
The (student) carried the [computer] up the (stairs) slowly because *it* was fragile.
The [museum] next to the (park) is closed today, but *it* opens again tomorrow.
The (waiter) dropped the [glass] on the (carpet), but *it* did not break.
The (girl) asked the [boy] for the key, but *he* had lost it.
(Mary) gave [Tom] a book when *he* was ill.
My [mother] told my (father) that *she* would come home late.
The [soldiers] guarded the (gates) all night, and in the morning *they* were exhausted.
The (farmers) picked the [apples] early, before *they* could rot.
`

function parse(line: string): Natural {
  let text = ''
  let pronoun: Mark | undefined
  let referent: Mark | undefined
  const distractors: Mark[] = []
  for (const piece of line.split(/(\[[^\]]+\]|\([^)]+\)|\*[^*]+\*)/)) {
    const inner = /^[[(*](.+)[\])*]$/.exec(piece)?.[1]
    if (inner === undefined) {
      text += piece
      continue
    }
    const start = text.length + inner.lastIndexOf(' ') + 1
    text += inner
    const mark: Mark = { word: inner.split(' ').at(-1)!, start, end: text.length }
    if (piece.startsWith('*')) pronoun = mark
    else if (piece.startsWith('[')) referent = mark
    else distractors.push(mark)
  }
  return { text, pronoun: pronoun!, referent: referent!, distractors }
}

const lines = (list: string): string[] => list.trim().split('\n')

export const NATURAL: readonly Natural[] = lines(LIST).map(parse)

/** Three of the four sentences of the articles; the fourth is the pair of banks below. */
export const ARTICLE_SENTENCES: readonly Natural[] = lines(ARTICLES).map(parse)

/** A bank by the river, and a bank that lends: each beside another use of its sense. */
export const ARTICLE_BANKS = {
  word: 'bank',
  same: ['He sat on the bank of the river.', 'The children played on the bank of the stream.'],
  other: 'The bank approved the loan.',
} as const

/** Triples of no template for every word with two senses: twice the first sense, then the other. */
export const NATURAL_TRIPLES: readonly {
  readonly word: string
  readonly same: readonly [string, string]
  readonly other: string
}[] = [
  {
    word: 'bank',
    same: ['My savings are in the bank on the corner.', 'The bank closed our account without a word.'],
    other: 'We moored the boat to the bank and went for a swim.',
  },
  {
    word: 'bat',
    same: ['A bat had got into the attic and was flying around in circles.', 'The bat folded its wings and hung from the ceiling.'],
    other: 'He swung the bat and missed the ball three times.',
  },
  {
    word: 'bark',
    same: ['The puppy let out a bark when the bell rang.', 'One bark from the old dog was enough to keep strangers away.'],
    other: 'She scratched her name into the bark of the birch.',
  },
  {
    word: 'spring',
    same: ['We always paint the fence in spring, when the snow is gone.', 'The roses came early this spring.'],
    other: 'The old clock needs a new spring and two wheels.',
  },
  {
    word: 'seal',
    same: ['The seal slid off the ice and dived for fish.', 'At the zoo a seal was playing with a ball.'],
    other: 'He melted the wax and pressed the seal on the letter.',
  },
  {
    word: 'crane',
    same: ['They brought a crane to lift the roof onto the new school.', 'The hook of the crane swung over the harbor.'],
    other: 'A crane stood in the reeds and looked for frogs.',
  },
  {
    word: 'pitcher',
    same: ['Fill the pitcher with lemonade and bring some glasses.', 'There was still a little milk in the pitcher.'],
    other: 'The pitcher threw the ball so fast that nobody could hit it.',
  },
  {
    word: 'mouse',
    same: ['We found a mouse in the barn, eating the corn.', 'The cat played with the mouse before it ate it.'],
    other: 'Move the mouse to the left and click on the icon.',
  },
  {
    word: 'jam',
    same: ['Would you like some jam on your toast?', 'She cooked jam out of the plums from her garden.'],
    other: 'The taxi stood in a jam on the bridge for an hour.',
  },
  {
    word: 'match',
    same: ['He lit the candles with his last match.', 'The match went out before the wood began to burn.'],
    other: 'Our team lost the match by three goals.',
  },
  {
    word: 'wave',
    same: ['A wave swept the chairs off the deck of the ship.', 'The surfer waited for the next wave.'],
    other: 'With a wave of her hand she said goodbye.',
  },
  {
    word: 'trunk',
    same: ['The trunk of the old oak was hollow.', 'Lightning had split the trunk from the branches to the roots.'],
    other: 'The elephant picked up the peanut with its trunk.',
  },
  {
    word: 'ring',
    same: ['She took the ring off her finger and put it into a box with her jewels.', 'He had bought a ring with a small diamond.'],
    other: 'The boxer climbed into the ring and raised his fists.',
  },
]
