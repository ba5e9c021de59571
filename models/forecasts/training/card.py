"""Writes model.json beside an exported forecaster: card.py FOLDER VERSION FEATURES [name=value …]."""

import hashlib
import json
import sys
from pathlib import Path

folder, version, features, *metrics = sys.argv[1:]
content = (Path(folder) / "model.onnx").read_bytes()
card = {
    "task": "forecast",
    "version": version,
    "artefact": {
        "file": "model.onnx",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "format": "onnx",
    },
    "inputs": [{"name": "rows", "type": "float32", "shape": [-1, int(features)]}],
    "outputs": [{"name": "quantiles", "type": "float32", "shape": [-1, 11]}],
    "trainingData": [
        {"name": "Car Parts (expsmooth), months 1 to 27", "licence": "GPL-3"},
        {"name": "Hospital (expsmooth), all but the last 12 months", "licence": "GPL-3"},
        {"name": "M3 monthly (Mcomp), all but the last 18 months", "licence": "GPL-3"},
        {"name": "Spare parts of vehicles, all but the last 6 months", "licence": "MIT repository, owners unclear"},
    ],
    "metrics": {name: float(value) for name, value in (metric.split("=") for metric in metrics)},
    "licence": "Apache-2.0",
}
(Path(folder) / "model.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
