"""PyTorch on the CPU, in its own process: the questions of the benchmark on standard input, answers on standard output.

It speaks process/wire.ts (a line of JSON, then raw bytes) and draws the inputs of numbers.ts, bit for bit.
"""

import gc
import json
import math
import os
import re
import sys
import time

import torch
import torch.nn.functional as F

import pytorch_models as models

SEEDS = {"q": 1, "k": 2, "v": 3, "x": 4, "w": 5, "bias": 6, "g": 7}
LOW = 0xFFFFFFFF
STEP, STREAM, MIX = 0x9E3779B1, 0x85EBCA77, (0x85EBCA6B, 0xC2B2AE35)
BYTE_SCALE = 1 / 147.79941


class Refusal(Exception):
    pass


CHUNK = 1 << 16


def normal(count, seed):
    """The first `count` numbers of stream `seed`: see numbers.ts. Made piece by piece, so that no scratch memory is left behind."""
    out = torch.empty(count, dtype=torch.float32)
    for start in range(0, count, CHUNK):
        end = min(start + CHUNK, count)
        x = (torch.arange(start, end, dtype=torch.int64) * STEP + seed * STREAM) & LOW
        x = ((x ^ (x >> 16)) * MIX[0]) & LOW
        x = ((x ^ (x >> 13)) * MIX[1]) & LOW
        x = x ^ (x >> 16)
        total = (x & 255) + ((x >> 8) & 255) + ((x >> 16) & 255) + (x >> 24) - 510
        out[start:end] = total.to(torch.float32) * torch.tensor(BYTE_SCALE, dtype=torch.float32)
    return out


def sees(mask, i, j):
    """The mask as a tensor operation on positions; the same rule as `sees` in work.ts."""
    if mask["kind"] == "window":
        return (j <= i) & (j > i - mask["size"])
    if mask["kind"] == "documents":
        return (j <= i) & (i // mask["length"] == j // mask["length"])
    return j <= i


class Attention:
    tried = False
    library = ""

    def __init__(self, work, variant):
        heads, queries, keys, width = (work[name] for name in ("heads", "queries", "keys", "width"))
        if work.get("alibi"):
            raise Refusal("is not asked for ALiBi")
        self.q = normal(heads * queries * width, SEEDS["q"]).view(1, heads, queries, width)
        self.k = normal(heads * keys * width, SEEDS["k"]).view(1, heads, keys, width)
        self.v = normal(heads * keys * width, SEEDS["v"]).view(1, heads, keys, width)
        self.variant = variant
        self.run = self.flex(work) if variant == "flex_attention" else self.fused(work)

    def fused(self, work):
        mask, queries, keys = work["mask"], work["queries"], work["keys"]
        causal = mask["kind"] == "causal" and queries == keys
        array = None
        if mask["kind"] != "dense" and not causal:
            array = sees(mask, torch.arange(keys - queries, keys)[:, None], torch.arange(keys)[None, :])
        return lambda: F.scaled_dot_product_attention(self.q, self.k, self.v, attn_mask=array, is_causal=causal)

    def flex(self, work):
        from torch.nn.attention.flex_attention import create_block_mask, flex_attention

        mask, queries, keys = work["mask"], work["queries"], work["keys"]
        rule = lambda b, h, i, j: sees(mask, i + (keys - queries), j)
        blocks = create_block_mask(rule, None, None, queries, keys, device="cpu")
        compiled = torch.compile(flex_attention)
        return lambda: compiled(self.q, self.k, self.v, block_mask=blocks)

    def call(self):
        self.output = self.run()

    def rows(self, rows):
        return torch.stack([self.output[0, head, row] for head, row in rows])


class Training(Attention):
    """The output, and the gradients of q, k and v."""

    def __init__(self, work, variant):
        super().__init__(work, variant)
        self.inputs = [x.requires_grad_() for x in (self.q, self.k, self.v)]
        self.g = normal(self.q.numel(), SEEDS["g"]).view_as(self.q)

    def call(self):
        self.output = torch.autograd.grad(self.run(), self.inputs, self.g)[0]


class Product:
    variant = "linear"
    tried = False
    library = ""

    def __init__(self, work):
        m, n, k = work["m"], work["n"], work["k"]
        self.x = normal(m * k, SEEDS["x"]).view(m, k)
        self.w = normal(n * k, SEEDS["w"]).mul_(torch.tensor(1 / math.sqrt(k), dtype=torch.float32)).view(n, k)
        self.bias = normal(n, SEEDS["bias"])

    def call(self):
        self.output = F.linear(self.x, self.w, self.bias)

    def rows(self, rows):
        return torch.stack([self.output[row] for _, row in rows])


def best_of(calls, prepared):
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        prepared.call()
        times.append(time.perf_counter() - start)
    return min(times)


def prepare(question):
    torch.set_num_threads(question["threads"])
    work, variant = question["work"], question.get("variant")
    if work["kind"] == "weights":
        raise Refusal("gives no part of the matrix of weights after a run")
    if work["kind"] == "product":
        return Product(work)
    if work["kind"] == "model":
        return models.prepare(work, variant, "--reduced" in sys.argv, best_of)
    if work.get("backward"):
        return Training(work, "scaled_dot_product_attention")
    if variant:
        return Attention(work, variant)
    candidates = [Attention(work, "scaled_dot_product_attention")]
    if work["mask"]["kind"] in ("window", "documents") and work["queries"] >= 128:
        try:
            candidates.append(Attention(work, "flex_attention"))
            candidates[-1].call()
        except Exception as error:  # no compiler on this machine: SDPA stands alone
            candidates = candidates[:1]
            print(error, file=sys.stderr)
    chosen = min(candidates, key=lambda each: best_of(3, each)) if len(candidates) > 1 else candidates[0]
    chosen.tried = len(candidates) > 1
    return chosen


def peak():
    with open("/proc/self/status") as file:
        return int(re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.M)[1]) * 1024


def reset_peak():
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        return True
    except OSError:
        return False


def timed(prepared, calls, lead, now=time.perf_counter):
    for _ in range(lead):
        prepared.call()
    start = now()
    for _ in range(calls):
        prepared.call()
    return (now() - start) * 1000 / calls


def gradients(question):
    work = question.get("work", {})
    return bool(work.get("backward")) or work.get("task") == "learn"


class Host:
    prepared = None
    now = time.perf_counter
    inference = True

    def answer(self, question):
        if question["ask"] == "prepare":
            self.inference = not gradients(question)
            self.now = time.process_time if question.get("clock") == "cpu" else time.perf_counter
            self.prepared = prepare(question)
            engine = f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}{self.prepared.library}"
            return {"variant": self.prepared.variant, "engine": engine, "tried": self.prepared.tried}, b""
        if question["ask"] == "first":
            watched = reset_peak()
            ms = timed(self.prepared, 1, 0)
            return {"ms": ms, "peakBytes": peak()} if watched else {"ms": ms}, b""
        if question["ask"] == "time":
            return {"ms": timed(self.prepared, question["calls"], question["lead"], self.now)}, b""
        rows = self.prepared.rows(question["rows"]).detach().to(torch.float32).contiguous().flatten()
        return {}, bytes(rows.untyped_storage())

    def safely(self, question):
        try:
            with torch.inference_mode(self.inference and not gradients(question)):
                return self.answer(question)
        except Refusal as error:
            return {"refused": str(error)}, b""
        except Exception as error:
            return {"failed": str(error).split("\n")[0][:300]}, b""


def main():
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to standard error
    host = Host()
    for line in sys.stdin.buffer:
        header, data = host.safely(json.loads(line))
        answers.write(json.dumps({**header, "bytes": len(data)}).encode() + b"\n" + data)
        answers.flush()


main()
