/** The tiny models of all families, in float64, each with a text of five tokens. */

import { loadModel, type Model, type Run } from '../../../src/model/index.ts'

export const FAMILIES = [
  ...['bert-base', 'roberta-mlm', 'distilbert-mlm', 'modernbert-mlm', 'gpt2', 'gpt-neox', 'bloom', 'opt', 'llama', 'llama3-rope'],
  ...['mistral-window', 'qwen2', 'qwen3', 'gemma2', 'gemma3', 'gpt-oss', 't5', 't5-gated', 'bart', 'marian'],
]

/** Calls `use` with the model and a run of it; an encoder–decoder has written three tokens. */
export async function withFamily(folder: URL, name: string, use: (model: Model, run: Run) => Promise<void>): Promise<void> {
  using model = await loadModel(new URL(`${name}/`, folder), { dtype: 'float64' })
  const ids = { inputIds: [[3, 9, 4, 7, 5]] }
  using run = await model.run(model.config.decoder ? { ...ids, decoderInputIds: [[model.config.decoder.startId, 6, 8]] } : ids)
  await use(model, run)
}
