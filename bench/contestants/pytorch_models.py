"""Whole models in transformers: reading, writing and learning, from the folder that Regard opens too.

Eager, with scaled_dot_product_attention, as transformers runs them unless told otherwise.
"""

import copy

import torch
import torch.nn.functional as F

LEARNING = {"lr": 1e-4, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}
COMPARED_STEPS = 4
TYPES = {name: getattr(torch, name) for name in ("float64", "float32", "bfloat16", "float16")}


def load(name, folder, **options):
    import transformers

    transformers.utils.logging.disable_progress_bar()
    return getattr(transformers, name).from_pretrained(folder, **options), f", transformers {transformers.__version__}"


def with_plain_linear(module):
    """GPT-2 stores its matrices turned; what rounds to int8 only knows nn.Linear."""
    from transformers.pytorch_utils import Conv1D

    for name, child in module.named_children():
        if isinstance(child, Conv1D):
            linear = torch.nn.Linear(*child.weight.shape)
            linear.weight = torch.nn.Parameter(child.weight.detach().t().contiguous())
            linear.bias = child.bias
            setattr(module, name, linear)
        else:
            with_plain_linear(child)


def rounded(model):
    """int8 weights with a scale per matrix, activations rounded as they come: what PyTorch brings along for CPUs."""
    model = copy.deepcopy(model)
    with_plain_linear(model)
    return torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


class Reading:
    tried = False

    def __init__(self, name, work, variant, **options):
        self.variant = variant
        dtype = TYPES.get(variant, torch.float32)
        self.model, self.library = load(name, work["folder"], dtype=dtype, **options)
        self.model.eval()
        if variant == "int8":
            self.model = rounded(self.model)
        self.ids = torch.tensor(work["ids"])


class Encode(Reading):
    def __init__(self, work, variant):
        super().__init__("AutoModel", work, variant, add_pooling_layer=False)

    def call(self):
        self.output = self.model(self.ids).last_hidden_state

    def rows(self, rows):
        return torch.stack([self.output[text, token] for text, token in rows])


class Prefill(Reading):
    """Keys and values are kept, and the last token alone is scored, as before writing on."""

    def __init__(self, work, variant):
        super().__init__("AutoModelForCausalLM", work, variant)

    def call(self):
        self.output = self.model(self.ids, use_cache=True, logits_to_keep=1).logits

    def rows(self, rows):
        return self.output[:, -1]


class Decode(Prefill):
    def __init__(self, work, variant):
        super().__init__(work, variant)
        self.context = work["context"]
        with torch.inference_mode():
            self.begin()

    def begin(self):
        self.cache = self.model(self.ids[:, : self.context], use_cache=True, logits_to_keep=1).past_key_values
        self.at = self.context

    def call(self):
        if self.at == self.ids.shape[1]:
            self.begin()
        token = self.ids[:, self.at : self.at + 1]
        self.output = self.model(token, past_key_values=self.cache, use_cache=True, logits_to_keep=1).logits
        self.at += 1


class Learn:
    """Forward, backward, AdamW in one fused loop over all parameters."""

    tried = False

    def __init__(self, work, variant):
        self.variant = variant
        self.model, self.library = load("BertForMaskedLM", work["folder"], dtype=TYPES[variant])
        self.model.train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), fused=True, **LEARNING)
        self.ids = torch.tensor(work["ids"])
        self.labels = torch.tensor(work["labels"]).flatten()
        self.losses = []

    def call(self):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(self.ids).logits.flatten(0, 1), self.labels)
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())

    def rows(self, rows):
        while len(self.losses) < COMPARED_STEPS:
            self.call()
        return torch.tensor(self.losses[:COMPARED_STEPS])


TASKS = {"encode": Encode, "prefill": Prefill, "decode": Decode, "learn": Learn}


def prepare(work, variant, reduced, best_of):
    """`reduced`: the fastest of the smaller number types; float32 otherwise, unless a variant is asked for."""
    task = TASKS[work["task"]]
    if variant or not reduced:
        return task(work, variant or "float32")
    best = None
    for name in ("bfloat16", "float16", "int8"):
        with torch.inference_mode():
            one = task(work, name)
            seconds = best_of(3, one)
        if best is None or seconds < best[0]:
            best = (seconds, one)
    best[1].tried = True
    return best[1]
