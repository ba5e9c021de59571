"""Embeds the corpus with the teacher, all-MiniLM-L6-v2, and keeps its vectors as float16."""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

TOKENS_MAX = 64
BATCH_TOKENS = 4096


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help=".npy, one row a line of the corpus")
    parser.add_argument("--limit", type=int, default=None)
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.teacher)
    model = AutoModel.from_pretrained(args.teacher).eval().to(torch.bfloat16)
    lines = args.corpus.read_text(encoding="utf-8").splitlines()[: args.limit]
    ids = tokenizer(lines, truncation=True, max_length=TOKENS_MAX)["input_ids"]
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    vectors = np.zeros((len(lines), model.config.hidden_size), dtype=np.float16)
    started = time.time()
    at = 0
    with torch.inference_mode():
        while at < len(order):
            length = len(ids[order[min(at + 15, len(order) - 1)]])
            batch = order[at : at + max(16, BATCH_TOKENS // length)]
            length = len(ids[batch[-1]])
            tokens = torch.zeros((len(batch), length), dtype=torch.long)
            mask = torch.zeros((len(batch), length), dtype=torch.long)
            for row, line in enumerate(batch):
                tokens[row, : len(ids[line])] = torch.tensor(ids[line])
                mask[row, : len(ids[line])] = 1
            states = model(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
            weights = mask.unsqueeze(-1).float()
            pooled = torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1))
            vectors[batch] = pooled.numpy().astype(np.float16)
            at += len(batch)
            if (at // len(batch)) % 100 == 0:
                print(f"{at}/{len(order)} lines, {at / (time.time() - started):.0f} a second", flush=True)
    np.save(args.out, vectors)
    print(f"{len(order)} lines in {time.time() - started:.0f} s")


if __name__ == "__main__":
    main()
