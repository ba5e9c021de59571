"""The student: the teacher's embedding table with fewer pieces, a few of its layers, mean pooling."""

import json
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, BertModel

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def prune_tokenizer(teacher: Path, corpus: list[str], size: int) -> tuple[dict, list[int]]:
    """The teacher's tokenizer.json with `size` pieces, and the teacher's row of each piece.

    Kept: every single ASCII character and its continuation, so that any ASCII word can be spelled, and the pieces
    that the corpus uses most. What is left out is spelled with shorter pieces.
    """
    tokenizer = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    counts: Counter[int] = Counter()
    for start in range(0, len(corpus), 20_000):
        for encoding in tokenizer.encode_batch(corpus[start : start + 20_000], add_special_tokens=False):
            counts.update(encoding.ids)
    spec = json.loads((teacher / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary: dict[str, int] = spec["model"]["vocab"]
    piece_of = {row: piece for piece, row in vocabulary.items()}
    kept = {vocabulary[piece] for piece in SPECIAL}
    for piece, row in vocabulary.items():
        letters = piece.removeprefix("##")
        if len(letters) == 1 and letters.isascii():
            kept.add(row)
    # Pieces that common words are made of come first in the teacher's vocabulary: its own order breaks ties.
    for row in sorted(vocabulary.values(), key=lambda row: (-counts[row], row)):
        if len(kept) >= size:
            break
        if "[unused" not in piece_of[row]:
            kept.add(row)
    rows = sorted(kept)
    spec["model"]["vocab"] = {piece_of[row]: place for place, row in enumerate(rows)}
    for token in spec["added_tokens"]:
        token["id"] = spec["model"]["vocab"].get(token["content"], -1)
    spec["added_tokens"] = [token for token in spec["added_tokens"] if token["id"] >= 0]
    for name, special in spec["post_processor"].get("special_tokens", {}).items():
        special["ids"] = [spec["model"]["vocab"][name]]
    for end in ("sep", "cls"):
        if end in spec["post_processor"]:
            piece = spec["post_processor"][end][0]
            spec["post_processor"][end][1] = spec["model"]["vocab"][piece]
    spec["truncation"] = None
    spec["padding"] = None
    return spec, rows


class Student(torch.nn.Module):
    """Token ids and mask of shape (texts, tokens) to unit vectors of shape (texts, 384)."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.float()
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
        return torch.nn.functional.normalize(pooled, dim=-1)


def make_student(teacher: Path, rows: list[int], layers: list[int], positions: int, inner: int) -> Student:
    """A student that starts from the teacher's weights: the given rows of its vocabulary, the given layers.

    Of each layer's feed-forward units the `inner` with the largest weights are kept.
    """
    whole = AutoModel.from_pretrained(teacher)
    config = BertConfig.from_pretrained(teacher)
    config.vocab_size = len(rows)
    config.num_hidden_layers = len(layers)
    config.max_position_embeddings = positions
    config.intermediate_size = inner
    bert = BertModel(config, add_pooling_layer=False)
    weights = {name: value for name, value in whole.state_dict().items() if name.startswith("embeddings.")}
    weights["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][rows]
    weights["embeddings.position_embeddings.weight"] = weights["embeddings.position_embeddings.weight"][:positions]
    for place, layer in enumerate(layers):
        start = f"encoder.layer.{layer}."
        of_layer = {n.removeprefix(start): v for n, v in whole.state_dict().items() if n.startswith(start)}
        into, out_of = of_layer["intermediate.dense.weight"], of_layer["output.dense.weight"]
        units = (into.norm(dim=1) * out_of.norm(dim=0)).topk(inner).indices.sort().values
        of_layer["intermediate.dense.weight"] = into[units]
        of_layer["intermediate.dense.bias"] = of_layer["intermediate.dense.bias"][units]
        of_layer["output.dense.weight"] = out_of[:, units]
        weights.update({f"encoder.layer.{place}.{name}": value for name, value in of_layer.items()})
    missing = bert.load_state_dict(weights, strict=False).missing_keys
    if any(not name.endswith("_ids") for name in missing):
        raise ValueError(f"The teacher lacks {missing}.")
    return Student(bert)
