import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/index.ts'
import { findRecipe } from '../../src/training/index.ts'
import { learnTokenizer } from '../../src/training/vocabulary/tokenizer-file.ts'

describe('the example recipe', () => {
  it('is one: it makes exercises that depend on seed and step alone, each label the token that follows', async () => {
    const recipe = await findRecipe(fileURLToPath(new URL('../../examples/training/own-text.ts', import.meta.url)))
    expect(recipe.name).toBe('own-text')
    const tokenizer = new Tokenizer(learnTokenizer(recipe.texts(), recipe.vocabulary))
    const at = (step: number) => recipe.exercise({ tokenizer, seed: 1, step, stage: 0 })
    expect(at(3)).toEqual(at(3))
    expect(at(3)).not.toEqual(at(4))
    for (const { ids, labels } of at(3).rows) {
      expect(ids.length).toBe(64)
      for (const [place, id] of labels.slice(0, -1)) expect(ids[place + 1]).toBe(id)
    }
  })
})
