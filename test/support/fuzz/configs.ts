/** A config.json for each family, with every field that any family reads. */

const SIZES = { vocab_size: 96, hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 48 }

const FIELDS = {
  ...SIZES,
  architectures: ['AnyModel'],
  num_key_value_heads: 2,
  head_dim: 8,
  hidden_act: 'gelu',
  hidden_activation: 'gelu_pytorch_tanh',
  layer_norm_eps: 1e-5,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  pad_token_id: 0,
  bos_token_id: 1,
  eos_token_id: 2,
  tie_word_embeddings: true,
  position_embedding_type: 'absolute',
  rope_theta: 10000,
  rope_scaling: null,
  sliding_window: 16,
  layer_types: ['full_attention', 'sliding_attention'],
  attention_bias: false,
  attention_dropout: 0,
  initializer_range: 0.02,
  torch_dtype: 'float32',
}

/** What families call differently, or want of another kind. */
const OWN: Readonly<Record<string, object>> = {
  distilbert: { dim: 32, n_layers: 2, n_heads: 4, hidden_dim: 48, activation: 'gelu', sinusoidal_pos_embds: false },
  modernbert: {
    norm_eps: 1e-5,
    global_attn_every_n_layers: 2,
    local_attention: 8,
    global_rope_theta: 160000,
    local_rope_theta: 10000,
  },
  gpt2: {
    n_embd: 32,
    n_layer: 2,
    n_head: 4,
    n_positions: 64,
    n_inner: null,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
  },
  gpt_neox: { rotary_pct: 0.25, rotary_emb_base: 10000, use_parallel_residual: true },
  bloom: { n_layer: 2, n_head: 4, layer_norm_epsilon: 1e-5, apply_residual_connection_post_layernorm: false },
  opt: { ffn_dim: 48, word_embed_proj_dim: 32, do_layer_norm_before: true, activation_function: 'relu', enable_bias: true },
  gemma2: { query_pre_attn_scalar: 8, attn_logit_softcapping: 50, final_logit_softcapping: 30 },
  gemma3_text: { query_pre_attn_scalar: 8, rope_local_base_freq: 10000, sliding_window_pattern: 2 },
  qwen2: { use_sliding_window: true, max_window_layers: 1 },
  qwen3: { use_sliding_window: true, max_window_layers: 1 },
  mistral: { layer_types: null },
  gpt_oss: {
    hidden_act: 'silu',
    num_local_experts: 4,
    num_experts_per_tok: 2,
    rope_scaling: { rope_type: 'yarn', factor: 2, beta_fast: 32, beta_slow: 1, original_max_position_embeddings: 32 },
  },
  llama: {
    sliding_window: null,
    layer_types: null,
    rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 32 },
  },
  t5: {
    d_model: 32,
    d_kv: 8,
    d_ff: 48,
    num_layers: 2,
    num_decoder_layers: 2,
    num_heads: 4,
    relative_attention_num_buckets: 8,
    relative_attention_max_distance: 20,
    feed_forward_proj: 'gated-gelu',
    layer_norm_epsilon: 1e-6,
    decoder_start_token_id: 0,
  },
}

const ENCODER_DECODER = {
  d_model: 32,
  encoder_layers: 2,
  decoder_layers: 2,
  encoder_attention_heads: 4,
  decoder_attention_heads: 4,
  encoder_ffn_dim: 48,
  decoder_ffn_dim: 48,
  activation_function: 'gelu',
  scale_embedding: true,
  decoder_start_token_id: 2,
  is_encoder_decoder: true,
}

export function configOf(family: string): Record<string, unknown> {
  const both = family === 'bart' || family === 'marian' ? ENCODER_DECODER : {}
  return { model_type: family, ...FIELDS, ...both, ...OWN[family] }
}
