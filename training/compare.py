"""What `transformers` makes of a model's folder. Reads {"folder", "rows", "written", "tokens"} as JSON on standard input; see compare.ts."""

import json
import sys

import torch
import transformers

asked = json.load(sys.stdin)
config = transformers.AutoConfig.from_pretrained(asked["folder"])
model = getattr(transformers, config.architectures[0]).from_pretrained(asked["folder"], dtype=torch.float32).eval()
answers = []
with torch.no_grad():
    for row, written in zip(asked["rows"], asked["written"]):
        ids = torch.tensor([row])
        given = {"decoder_input_ids": torch.tensor([written])} if written else {}
        answer = {"logits": model(input_ids=ids, **given).logits[0].flatten().tolist()}
        if asked["tokens"] > 0:
            made = model.generate(ids, do_sample=False, num_beams=1, max_new_tokens=asked["tokens"])
            answer["ids"] = made[0].tolist()[1 if written else len(row) :]
        answers.append(answer)
json.dump({"version": transformers.__version__, "model": type(model).__name__, "answers": answers}, sys.stdout)
