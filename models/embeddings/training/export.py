"""Writes a trained student as ONNX: weights in int8 with a scale a column (embeddings: a row), activations in float32.

Pooling and normalisation are part of the graph, so that whoever runs it cannot pool wrongly. No activation is
quantised: the vector of a text does not depend on the batch it came in.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
WIDTH = 384
HEADS = 12
EPSILON = 1e-12



class Graph:
    """Nodes and constants of a graph under construction; every method gives the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        # A number alone stays one: made contiguous it would be a list of one.
        self.constants.append(numpy_helper.from_array(value if value.ndim == 0 else np.ascontiguousarray(value), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def float(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes) -> str | list[str]:
        names = [f"n{len(self.nodes)}_{at}" for at in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, states: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """`weight` as PyTorch keeps it, a row an output."""
        steps, scale = to_int8(weight)
        table = self.node("DequantizeLinear", self.constant(steps.T), self.constant(scale), axis=1)
        return self.node("Add", self.node("MatMul", states, table), self.constant(bias))

    def layer_norm(self, states: str, weights: dict[str, np.ndarray], name: str) -> str:
        scale, shift = self.constant(weights[f"{name}.weight"]), self.constant(weights[f"{name}.bias"])
        return self.node("LayerNormalization", states, scale, shift, axis=-1, epsilon=EPSILON)

    def embeddings(self, weights: dict[str, np.ndarray]) -> str:
        steps, scale = to_int8(weights["word_embeddings.weight"])
        rows = self.node("Cast", self.node("Gather", self.constant(steps), "input_ids"), to=TensorProto.FLOAT)
        words = self.node("Mul", rows, self.node("Gather", self.constant(scale[:, None]), "input_ids"))
        # The type of every token is 0: its row is added to the positions once and for all.
        places = self.constant(weights["position_embeddings.weight"] + weights["token_type_embeddings.weight"][0])
        length = self.node("Slice", self.node("Shape", "input_ids"), self.ints(1), self.ints(2))
        places = self.node("Slice", places, self.ints(0), length, self.ints(0))
        return self.layer_norm(self.node("Add", words, places), weights, "LayerNorm")

    def layer(self, states: str, away: str, weights: dict[str, np.ndarray]) -> str:
        # One multiplication for all three; the division by the root of the head's width goes into the query.
        share = np.ones((3 * WIDTH, 1), dtype=np.float32)
        share[:WIDTH] /= np.sqrt(WIDTH // HEADS)
        parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([weights[f"{part}.weight"] for part in parts]) * share
        bias = np.concatenate([weights[f"{part}.bias"] for part in parts]) * share[:, 0]
        split = self.node("Split", self.linear(states, weight, bias), outputs=3, axis=2, num_outputs=3)
        apart = [self.node("Reshape", part, self.ints(0, 0, HEADS, WIDTH // HEADS)) for part in split]
        query, key, value = (
            self.node("Transpose", part, perm=perm)
            for part, perm in zip(apart, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
        )
        scores = self.node("Softmax", self.node("Add", self.node("MatMul", query, key), away), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", scores, value), perm=[0, 2, 1, 3])
        out = self.dense(self.node("Reshape", mixed, self.ints(0, 0, WIDTH)), weights, "attention.output.dense")
        states = self.layer_norm(self.node("Add", out, states), weights, "attention.output.LayerNorm")
        inner = self.node("Gelu", self.dense(states, weights, "intermediate.dense"))
        out = self.dense(inner, weights, "output.dense")
        return self.layer_norm(self.node("Add", out, states), weights, "output.LayerNorm")

    def dense(self, states: str, weights: dict[str, np.ndarray], name: str) -> str:
        return self.linear(states, weights[f"{name}.weight"], weights[f"{name}.bias"])


def to_int8(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 steps, and the scale of each row: of several clippings the one with the smallest squared error."""
    top = np.maximum(np.abs(weight).max(axis=1), 1e-8)
    best, scale = np.full(len(weight), np.inf), top / 127
    for share in np.linspace(0.8, 1.0, 11):
        tried = top * share / 127
        error = ((np.clip(np.round(weight / tried[:, None]), -127, 127) * tried[:, None] - weight) ** 2).sum(axis=1)
        scale = np.where(error < best, tried, scale)
        best = np.minimum(best, error)
    steps = np.clip(np.round(weight / scale[:, None]), -127, 127).astype(np.int8)
    return steps, scale.astype(np.float32)


def under(weights: dict[str, np.ndarray], start: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(start): value for name, value in weights.items() if name.startswith(start)}


def build(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The graph from the student's weights, by their names in the checkpoint."""
    weights = under(weights, "bert.")
    graph = Graph()
    states = graph.embeddings(under(weights, "embeddings."))
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    away = graph.node("Mul", graph.node("Sub", mask, graph.float(1)), graph.float(1e4))
    away = graph.node("Unsqueeze", away, graph.ints(1, 2))
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    for layer in range(layers):
        states = graph.layer(states, away, under(weights, f"encoder.layer.{layer}."))
    # Mean over the tokens and length one: dividing by the count of tokens would be undone by the length.
    total = graph.node("MatMul", graph.node("Unsqueeze", mask, graph.ints(1)), states)
    total = graph.node("Squeeze", total, graph.ints(1))
    long = graph.node("Max", graph.node("ReduceL2", total, graph.ints(1)), graph.float(EPSILON))
    graph.nodes.append(helper.make_node("Div", [total, long], ["embedding"]))
    shape = ["texts", "tokens"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", WIDTH])
    made = helper.make_graph(graph.nodes, "encoder", inputs, [output], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True, help="folder that train.py wrote: student.pt, tokenizer.json")
    parser.add_argument("--out", type=Path, required=True, help="folder for model.onnx and tokenizer.json")
    parser.add_argument("--tokens", type=int, default=64, help="texts are cut to so many")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    state = torch.load(args.run / "student.pt", map_location="cpu")
    model = args.out / "model.onnx"
    onnx.save(build({name: value.float().numpy() for name, value in state.items()}), model)
    tokenizer = json.loads((args.run / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["truncation"] = {"direction": "Right", "max_length": args.tokens, "strategy": "LongestFirst", "stride": 0}
    compact = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    (args.out / "tokenizer.json").write_text(compact, encoding="utf-8")
    print(f"{sum(file.stat().st_size for file in args.out.iterdir())} bytes in all")


if __name__ == "__main__":
    main()
