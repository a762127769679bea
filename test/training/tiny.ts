/** A model small enough to be trained in a test. */

import { ownText } from '../../src/training/recipes/own-text.ts'

const animals = ['cat', 'dog', 'owl', 'hen', 'fox', 'cow']
const places = ['mat', 'box', 'bed', 'car', 'log']

export const tiny = ownText({
  name: 'tiny',
  texts: animals.flatMap((animal) => places.map((place) => `The ${animal} sat on the ${place}. Then the ${animal} ran away.`)),
  steps: 30,
  width: 32,
  layers: 1,
  vocabulary: 320,
  positions: 16,
})
