"""Writes model.json beside an exported model."""

import argparse
import hashlib
import json
from pathlib import Path


def described(path: Path) -> dict:
    content = path.read_bytes()
    return {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--metric", action="append", default=[], help="name=value")
    args = parser.parse_args()
    tokens = {"type": "int64", "shape": [-1, -1]}
    card = {
        "task": "embedding",
        "version": args.version,
        "artefact": {**described(args.folder / "model.onnx"), "format": "onnx"},
        "companions": [described(args.folder / "tokenizer.json")],
        "inputs": [{"name": "input_ids", **tokens}, {"name": "attention_mask", **tokens}],
        "outputs": [{"name": "embedding", "type": "float32", "shape": [-1, 384]}],
        "dimension": 384,
        "trainingData": [
            {"name": "Teacher: sentence-transformers/all-MiniLM-L6-v2, its vectors and starting weights", "licence": "Apache-2.0"},
            {"name": "Chorus / Icecat product titles and descriptions", "licence": "Icecat terms"},
            {"name": "UCI Online Retail product names", "licence": "CC BY 4.0"},
            {"name": "AdventureWorks products", "licence": "MIT"},
            {"name": "WordNet 3.0 glosses and examples", "licence": "WordNet"},
            {"name": "Debian package descriptions", "licence": "those of the packages"},
            {"name": "Free On-line Dictionary of Computing", "licence": "GFDL-1.1 or later"},
            {"name": "Made-up sentences (captions.py)", "licence": "Apache-2.0"},
        ],
        "metrics": {name: float(value) for name, value in (metric.split("=") for metric in args.metric)},
        "licence": "Apache-2.0",
    }
    (args.folder / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
