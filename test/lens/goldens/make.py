"""Writes a trace of a model that `transformers` runs, so that Regard can look at it. No Regard is needed for it.

    python make.py MODEL_FOLDER OUT.safetensors 5 9 6 12 7 10
"""

import json
import sys

import torch
from safetensors.torch import save_file
from transformers import AttentionInterface, AutoModelForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward

layers = []


def keep(module, query, key, value, attention_mask, **options):
    """Attention as it is, and what it looked with: queries and keys behind norms and rotation."""
    layers.append((query, key, value, options.get("scaling"), options.get("sliding_window"), options.get("softcap")))
    return sdpa_attention_forward(module, query, key, value, attention_mask, **options)


AttentionInterface.register("keep", keep)


def main(folder, out, ids):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="keep").eval()
    with torch.no_grad():
        made = model(torch.tensor([ids]), output_hidden_states=True, use_cache=False)

    tensors, scores = {}, []
    for n, (query, key, value, scale, window, softcap) in enumerate(layers):
        tensors |= {f"decoder.{n}.q": query, f"decoder.{n}.k": key, f"decoder.{n}.v": value}
        shaping = {"scale": scale, "causal": True, "window": window and [window - 1, 0], "softcap": softcap}
        scores.append({name: each for name, each in shaping.items() if each is not None})
    for n, state in enumerate(made.hidden_states):
        tensors[f"decoder.hidden.{n}"] = state
    tensors["logits"] = made.logits

    tokens = [{"id": id, "text": f"#{id}"} for id in ids]
    metadata = {
        "format": "regard-trace",
        "version": "1",
        "tokens": json.dumps({"decoder": [tokens]}),
        "scores": json.dumps({"decoder": scores}),
        "config": json.dumps({"family": model.config.model_type}),
    }
    save_file({name: each.float().contiguous() for name, each in tensors.items()}, out, metadata)


main(sys.argv[1], sys.argv[2], [int(each) for each in sys.argv[3:]])
