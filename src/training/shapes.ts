/**
 * What a model that begins to learn is made of: the tensors of its file, by the names that `transformers` gives them, and how wide each is
 * scattered at first (PyTorch's rule for linear layers: variance 1 / 3·in; words 0.02; what is added to the residual stream less).
 */

/** How a parameter begins. A number: normally distributed around 0 with this deviation. */
export type Start = 'ones' | 'zeros' | number

export interface Stored {
  readonly name: string
  readonly shape: readonly number[]
  readonly start: Start
}

/** The fields of config.json that shapes follow from. */
export type Config = Readonly<Record<string, unknown>> & { readonly model_type: string; readonly vocab_size: number }

const WORDS = 0.02

const matrix = (name: string, out: number, into: number, share = 1): Stored => ({
  name: `${name}.weight`,
  shape: [out, into],
  start: share * Math.sqrt(1 / (3 * into)),
})
const norm = (name: string, width: number): Stored => ({ name: `${name}.weight`, shape: [width], start: 'ones' })
const bias = (name: string, width: number): Stored => ({ name: `${name}.bias`, shape: [width], start: 'zeros' })
const table = (name: string, entries: number, width: number): Stored => ({
  name: `${name}.weight`,
  shape: [entries, width],
  start: WORDS,
})

function modernbert(config: Config): Stored[] {
  const width = number(config, 'hidden_size')
  const inner = number(config, 'intermediate_size')
  const layers = number(config, 'num_hidden_layers')
  const less = 1 / Math.sqrt(2 * layers)
  const layer = (n: number): Stored[] => {
    const at = `model.layers.${n}`
    return [
      ...(n === 0 ? [] : [norm(`${at}.attn_norm`, width)]),
      matrix(`${at}.attn.Wqkv`, 3 * width, width),
      matrix(`${at}.attn.Wo`, width, width, less),
      norm(`${at}.mlp_norm`, width),
      matrix(`${at}.mlp.Wi`, 2 * inner, width),
      matrix(`${at}.mlp.Wo`, width, inner, less),
    ]
  }
  return [
    table('model.embeddings.tok_embeddings', config.vocab_size, width),
    norm('model.embeddings.norm', width),
    ...Array.from({ length: layers }, (_, n) => layer(n)).flat(),
    norm('model.final_norm', width),
    matrix('head.dense', width, width),
    norm('head.norm', width),
    bias('decoder', config.vocab_size),
  ]
}

function llama(config: Config): Stored[] {
  const width = number(config, 'hidden_size')
  const inner = number(config, 'intermediate_size')
  const layers = number(config, 'num_hidden_layers')
  const shared = (width / number(config, 'num_attention_heads')) * number(config, 'num_key_value_heads')
  const less = 1 / Math.sqrt(2 * layers)
  const layer = (n: number): Stored[] => {
    const at = `model.layers.${n}`
    return [
      norm(`${at}.input_layernorm`, width),
      matrix(`${at}.self_attn.q_proj`, width, width),
      matrix(`${at}.self_attn.k_proj`, shared, width),
      matrix(`${at}.self_attn.v_proj`, shared, width),
      matrix(`${at}.self_attn.o_proj`, width, width, less),
      norm(`${at}.post_attention_layernorm`, width),
      matrix(`${at}.mlp.gate_proj`, inner, width),
      matrix(`${at}.mlp.up_proj`, inner, width),
      matrix(`${at}.mlp.down_proj`, width, inner, less),
    ]
  }
  return [
    table('model.embed_tokens', config.vocab_size, width),
    ...Array.from({ length: layers }, (_, n) => layer(n)).flat(),
    norm('model.norm', width),
  ]
}

function marian(config: Config): Stored[] {
  const width = number(config, 'd_model')
  const linear = (name: string, out: number, into: number): Stored[] => [matrix(name, out, into), bias(name, out)]
  const both = (name: string): Stored[] => [norm(name, width), bias(name, width)]
  const looking = (at: string): Stored[] => ['q', 'k', 'v', 'out'].flatMap((part) => linear(`${at}.${part}_proj`, width, width))
  const side = (name: 'encoder' | 'decoder'): Stored[] => {
    const inner = number(config, `${name}_ffn_dim`)
    return Array.from({ length: number(config, `${name}_layers`) }, (_, n) => {
      const at = `model.${name}.layers.${n}`
      return [
        ...looking(`${at}.self_attn`),
        ...both(`${at}.self_attn_layer_norm`),
        ...(name === 'decoder' ? [...looking(`${at}.encoder_attn`), ...both(`${at}.encoder_attn_layer_norm`)] : []),
        ...linear(`${at}.fc1`, inner, width),
        ...linear(`${at}.fc2`, width, inner),
        ...both(`${at}.final_layer_norm`),
      ]
    }).flat()
  }
  return [
    table('model.shared', config.vocab_size, width),
    ...side('encoder'),
    ...side('decoder'),
    { name: 'final_logits_bias', shape: [1, config.vocab_size], start: 'zeros' },
  ]
}

const FAMILIES: Readonly<Record<string, (config: Config) => Stored[]>> = { modernbert, llama, marian }

/** Every tensor of a new model's file. */
export function storedTensors(config: Config): readonly Stored[] {
  const found = Object.hasOwn(FAMILIES, config.model_type) ? FAMILIES[config.model_type] : undefined
  if (!found)
    throw new Error(
      `config: a model of type ${JSON.stringify(config.model_type)} cannot be begun; ${Object.keys(FAMILIES).join(', ')} can`,
    )
  return found(config)
}

function number(config: Config, field: string): number {
  const value = config[field]
  if (typeof value !== 'number') throw new TypeError(`config: ${field} must be a number, got ${JSON.stringify(value)}`)
  return value
}
