"""
Makes the cases in this folder: tiny models with random weights, saved by Hugging Face transformers, and what transformers computes with
them. For development only; the results are in the repository. They cover what the third-party cases in ../shared leave out.

    python -m pip install torch transformers
    python test/model/goldens/make.py [case …]
"""

import shutil
import sys
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
SMALL = dict(vocab_size=40, pad_token_id=0, bos_token_id=1, eos_token_id=None)
LLAMA = dict(SMALL, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)

CASES = {
    "bart-scaled": (hf.BartForConditionalGeneration, hf.BartConfig, dict(
        vocab_size=40, d_model=16, encoder_layers=1, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=4,
        encoder_ffn_dim=24, decoder_ffn_dim=32, max_position_embeddings=32, scale_embedding=True, activation_function="relu")),
    "bloom-6-heads": (hf.BloomForCausalLM, hf.BloomConfig, dict(SMALL, hidden_size=24, n_layer=2, n_head=6)),
    "gemma3-linear": (hf.Gemma3ForCausalLM, hf.Gemma3TextConfig, dict(
        LLAMA, head_dim=8, num_key_value_heads=1, sliding_window=4, layer_types=["sliding_attention", "full_attention"],
        query_pre_attn_scalar=8, max_position_embeddings=64, rope_parameters=dict(
            full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1e6),
            sliding_attention=dict(rope_type="default", rope_theta=1e4)))),
    "gpt-neox-serial": (hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig, dict(
        SMALL, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=32,
        use_parallel_residual=False, attention_bias=False, tie_word_embeddings=True)),
    "gpt2-inverse-layer": (hf.GPT2LMHeadModel, hf.GPT2Config, dict(
        SMALL, n_positions=32, n_embd=16, n_layer=3, n_head=4, n_inner=20, scale_attn_by_inverse_layer_idx=True,
        activation_function="gelu")),
    "llama-dynamic": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(
        LLAMA, max_position_embeddings=6, rope_parameters=dict(rope_type="dynamic", factor=4.0, rope_theta=1e4))),
    "llama-linear": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(
        LLAMA, attention_bias=True, mlp_bias=True, max_position_embeddings=64,
        rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=1e4))),
    "llama-longrope": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(
        LLAMA, head_dim=8, max_position_embeddings=32, rope_parameters=dict(
            rope_type="longrope", original_max_position_embeddings=8, rope_theta=1e4,
            short_factor=[1.0, 1.1, 1.3, 1.5], long_factor=[1.0, 1.5, 2.5, 4.0]))),
    "llama-yarn": (hf.LlamaForCausalLM, hf.LlamaConfig, dict(
        LLAMA, head_dim=16, max_position_embeddings=64, rope_parameters=dict(
            rope_type="yarn", factor=4.0, original_max_position_embeddings=16, rope_theta=1e4))),
    "mistral-window-4": (hf.MistralForCausalLM, hf.MistralConfig, dict(LLAMA, max_position_embeddings=64, sliding_window=4)),
    "opt-post-norm": (hf.OPTForCausalLM, hf.OPTConfig, dict(
        SMALL, hidden_size=16, word_embed_proj_dim=8, num_hidden_layers=2, num_attention_heads=4, ffn_dim=24,
        max_position_embeddings=32, do_layer_norm_before=False)),
    "qwen2-window": (hf.Qwen2ForCausalLM, hf.Qwen2Config, dict(
        LLAMA, max_position_embeddings=64, use_sliding_window=True, sliding_window=4, max_window_layers=1)),
    "t5-silu": (hf.T5ForConditionalGeneration, hf.T5Config, dict(
        vocab_size=40, d_model=16, d_kv=6, d_ff=24, num_layers=1, num_decoder_layers=2, num_heads=3,
        relative_attention_num_buckets=8, relative_attention_max_distance=12, feed_forward_proj="gated-silu",
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=1)),
}


def make(name: str) -> None:
    cls, config, fields = CASES[name]
    torch.manual_seed(sum(map(ord, name)))
    model = cls(config(**fields)).eval()
    model.set_attn_implementation("eager")
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            spread = 0.3 if parameter.dim() > 1 else 0.1
            is_norm_weight = parameter.dim() == 1 and key.endswith("weight")
            parameter.copy_(torch.randn_like(parameter) * spread + (1.0 if is_norm_weight else 0.0))
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    expected = {k: v.detach().clone().contiguous() for k, v in compute(model).items()}
    versions = dict(cls=cls.__name__, transformers=hf.__version__, torch=torch.__version__)
    save_file(expected, folder / "expected.safetensors", metadata=versions)


@torch.no_grad()
def compute(model) -> dict[str, torch.Tensor]:
    both = model.config.is_encoder_decoder
    ids = torch.randint(3, 40, (2 if both else 1, 9))
    watch = dict(output_hidden_states=True, output_attentions=True)
    if both:
        mask = torch.ones_like(ids)
        mask[1, 6:] = 0
        ids[1, 6:] = model.config.pad_token_id
        written = torch.randint(3, 40, (2, 5))
        out = model(input_ids=ids, attention_mask=mask, decoder_input_ids=written, **watch)
        made = dict(input_ids=ids, attention_mask=mask, decoder_input_ids=written, logits=out.logits)
        made["encoder_last_hidden_state"] = out.encoder_last_hidden_state
        lists = ("decoder_hidden_states", "encoder_attentions", "decoder_attentions", "cross_attentions")
        start = torch.tensor([[model.config.decoder_start_token_id]])
        made["greedy"] = greedy(lambda text: model(input_ids=ids[:1], decoder_input_ids=text).logits, start)
    else:
        out = model(input_ids=ids, labels=ids, **watch)
        made = dict(input_ids=ids, logits=out.logits, loss=out.loss.reshape(1))
        lists = ("hidden_states", "attentions")
        made["greedy"] = greedy(lambda text: model(input_ids=text).logits, ids[:1])
    for each in lists:
        made.update({f"{each}.{n}": x for n, x in enumerate(getattr(out, each))})
    return made


def greedy(logits, text: torch.Tensor) -> torch.Tensor:
    for _ in range(10):
        text = torch.cat([text, logits(text)[:, -1].argmax(-1, keepdim=True)], 1)
    return text


@torch.no_grad()
def marian() -> None:
    """The third-party case was computed with positions that are not in its files; here are those that transformers gives them."""
    folder = HERE / "../../../../shared/conformance/models/marian"
    model = hf.MarianMTModel.from_pretrained(folder, attn_implementation="eager").eval()
    made = {k: v for k, v in load_file(folder / "expected.safetensors").items() if k.endswith("input_ids") or k == "attention_mask"}
    out = model(**made, output_hidden_states=True, output_attentions=True)
    made.update(logits=out.logits, encoder_last_hidden_state=out.encoder_last_hidden_state)
    for each in ("decoder_hidden_states", "encoder_attentions", "decoder_attentions", "cross_attentions"):
        made.update({f"{each}.{n}": x for n, x in enumerate(getattr(out, each))})
    start = torch.tensor([[model.config.decoder_start_token_id]])
    made["greedy"] = greedy(lambda text: model(input_ids=made["input_ids"][:1], decoder_input_ids=text).logits, start)
    versions = dict(cls="MarianMTModel", transformers=hf.__version__, torch=torch.__version__)
    save_file({k: v.clone().contiguous() for k, v in made.items()}, HERE / "marian.safetensors", metadata=versions)


for case in sys.argv[1:] or [*CASES, "marian"]:
    marian() if case == "marian" else make(case)
