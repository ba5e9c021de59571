"""Trains the student to give the teacher's vectors. Keeps the best by the cosine on texts held out of the corpus."""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from student import make_student, prune_tokenizer

SEED = 20261124
HELD_OUT = 3000
TOKENS_MAX = 64


def batches(ids: list[list[int]], at: list[int], texts: int):
    """Batches of texts of about one length, in random order."""
    noisy = sorted(at, key=lambda line: len(ids[line]) + random.random() * 2)
    groups = [noisy[start : start + texts] for start in range(0, len(noisy), texts)]
    random.shuffle(groups)
    return groups


def padded(ids: list[list[int]], lines: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    length = max(len(ids[line]) for line in lines)
    tokens = torch.zeros((len(lines), length), dtype=torch.long)
    mask = torch.zeros((len(lines), length), dtype=torch.long)
    for row, line in enumerate(lines):
        tokens[row, : len(ids[line])] = torch.tensor(ids[line])
        mask[row, : len(ids[line])] = 1
    return tokens, mask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, required=True, help="what teacher.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint and tokenizer")
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 4])
    parser.add_argument("--vocabulary", type=int, default=15_000)
    parser.add_argument("--inner", type=int, default=1024, help="feed-forward units of a layer")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=70)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--resume", type=Path, default=None, help="checkpoint to start from")
    args = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    args.out.mkdir(parents=True, exist_ok=True)
    corpus = args.corpus.read_text(encoding="utf-8").splitlines()
    target = torch.from_numpy(np.load(args.vectors))
    corpus = corpus[: len(target)]
    spec, rows = prune_tokenizer(args.teacher, corpus, args.vocabulary)
    (args.out / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    tokenizer = Tokenizer.from_file(str(args.out / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS_MAX)
    ids = [encoding.ids for encoding in tokenizer.encode_batch(corpus)]
    student = make_student(args.teacher, rows, args.layers, 128, args.inner)
    if args.resume is not None:
        student.load_state_dict(torch.load(args.resume))
    held_out, train = list(range(HELD_OUT)), list(range(HELD_OUT, len(corpus)))
    steps = args.epochs * (len(train) // args.batch)
    optimiser = torch.optim.AdamW(student.parameters(), lr=args.rate, weight_decay=0.01)
    started, step, best = time.time(), 0, 0.0

    def share() -> float:
        """How much of the training is over: by steps or by the clock, whichever is further."""
        return max(step / steps, (time.time() - started) / 60 / args.minutes)

    def evaluate() -> float:
        student.eval()
        cosines = []
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            for start in range(0, HELD_OUT, 500):
                tokens, mask = padded(ids, held_out[start : start + 500])
                cosines.append((student(tokens, mask) * target[held_out[start : start + 500]].float()).sum(1))
        student.train()
        return float(torch.cat(cosines).mean())

    print(f"{len(corpus)} texts, {len(rows)} pieces, {steps} steps; before training {evaluate():.4f}", flush=True)
    student.train()
    for module in student.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    while share() < 1:
        for lines in batches(ids, train, args.batch):
            done = share()
            if done >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = args.rate * min(1.0, (step + 1) / 300) * (1 - done)
            tokens, mask = padded(ids, lines)
            wanted = target[lines].float()
            with torch.autocast("cpu", torch.bfloat16):
                got = student(tokens, mask)
            direct = (1 - (got * wanted).sum(1)).mean()
            # Distances within the batch: what search and Spearman look at.
            between = ((got @ got.T - wanted @ wanted.T) ** 2).mean()
            loss = direct + 5.0 * between
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % 500 == 0:
                cosine = evaluate()
                if cosine > best:
                    best = cosine
                    torch.save(student.state_dict(), args.out / "student.pt")
                print(
                    f"step {step}, {100 * share():.0f} %, loss {loss.item():.4f} (cosine {1 - direct.item():.4f}), "
                    f"held out {cosine:.4f}, {step * args.batch / (time.time() - started):.0f} texts/s",
                    flush=True,
                )
    cosine = evaluate()
    if cosine > best:
        torch.save(student.state_dict(), args.out / "student.pt")
    print(f"end: held out {max(best, cosine):.4f}")


if __name__ == "__main__":
    main()
