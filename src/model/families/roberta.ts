/** RoBERTa: BERT whose positions are counted from the padding id on, over the tokens that are not padding. */

import { Linear } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'
import { bertConfig, bertFile, bertSizes, bertTower, pooler } from './bert.ts'
import type { Family } from './family.ts'
import { WordHead } from './head.ts'
import { Transformer } from './transformer.ts'
import { Weights } from './weights.ts'

export const roberta: Family = {
  name: 'roberta',
  read: (json, label) => {
    const told = check(bertFile, json, label)
    const config = bertConfig('roberta', { ...told, pad_token_id: told.pad_token_id ?? 1 }, label)
    const positions = config.positions - config.padId - 1
    if (positions < 1)
      throw new Error(`${label}: max_position_embeddings ${config.positions} leaves no position after pad_token_id ${config.padId}`)
    return { config: { ...config, positions }, build: (checkpoint) => build({ ...config, positions }, checkpoint) }
  },
}

function build(config: ModelConfig, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['roberta.', ''], 'embeddings.word_embeddings.weight')
  return new Transformer({
    encoder: bertTower(weights, config, 'words', config.padId),
    pooler: pooler(weights, config),
    head: head(weights, config, checkpoint),
  })
}

function head(body: Weights, config: ModelConfig, checkpoint: Checkpoint): WordHead | undefined {
  const weights = new Weights(checkpoint)
  if (!weights.has('lm_head.dense.weight')) return undefined
  const { width, words } = bertSizes(config)
  const table = config.tied
    ? body.embedding('embeddings.word_embeddings', words, width, config)
    : weights.linear('lm_head.decoder', words, width, { bias: false })
  return new WordHead({
    transform: weights.linear('lm_head.dense', width, width),
    activation: 'gelu',
    norm: weights.layerNorm('lm_head.layer_norm', width, { eps: config.normEps }),
    decoder: new Linear({ weight: table.weight, bias: weights.tensor(['lm_head.bias', 'lm_head.decoder.bias'], words) }),
  })
}
