"""Gathers the text that the student learns on: one sentence a line, shuffled by a fixed seed."""

import argparse
import csv
import gzip
import json
import random
import re
import subprocess
from pathlib import Path

from captions import sentences

SEED = 20261124
WORDS_MAX = 40


def products(data: Path):
    with open(data / "search/products.jsonl", encoding="utf-8") as lines:
        for line in lines:
            product = json.loads(line)
            yield product["title"]
            yield product.get("short_description") or ""
            # What people type is shorter than what a catalogue says.
            words = product["title"].split()
            yield " ".join(words[: random.randint(1, 5)])


def catalogues(data: Path):
    with open(data / "catalogues/online-retail-products.csv", encoding="utf-8", errors="replace") as rows:
        for row in csv.reader(rows):
            yield row[1].lower() if len(row) > 1 else ""
    for name in ("Product", "ProductDescription", "ProductModel", "ProductSubcategory"):
        text = (data / f"catalogues/adventureworks/{name}.csv").read_bytes()
        for encoding in ("utf-16", "utf-8", "latin-1"):
            try:
                decoded = text.decode(encoding)
                break
            except UnicodeError:
                continue
        for cell in re.split(r"[\t|\n]", decoded):
            if re.search(r"[A-Za-z]{3}.*\s", cell) and cell.isascii():
                yield cell


def wordnet(folder: Path):
    """Glosses and example sentences of WordNet 3.0 (Debian package wordnet-base)."""
    for file in sorted(folder.rglob("data.*")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("  ") or "|" not in line:
                continue
            gloss = line.split("|", 1)[1].strip()
            word = line.split(" ")[4].replace("_", " ")
            examples = re.findall(r'"([^"]+)"', gloss)
            definition = re.sub(r'\s*"[^"]*"\s*;?', " ", gloss).strip(" ;")
            yield f"{word}: {definition}" if random.random() < 0.5 else definition
            yield word
            yield from examples


def debian():
    """Package descriptions: what they are in one line, and their sentences."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    for match in re.finditer(r"^Description(?:-en)?: (.+(?:\n .+)*)", text, re.M):
        head, _, body = match.group(1).partition("\n")
        yield head
        flat = re.sub(r"\s+", " ", body.replace("\n .", "\n"))
        yield from re.split(r"(?<=[.!?]) ", flat)[:3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with search/ and catalogues/")
    parser.add_argument("--wordnet", type=Path, required=True, help="folder with WordNet's data.noun and so on")
    parser.add_argument("--text", type=Path, nargs="*", default=[], help="more files of text, one sentence a line")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    random.seed(SEED)
    seen: set[str] = set()
    sources = {
        "products": products(args.data),
        "catalogues": catalogues(args.data),
        "wordnet": wordnet(args.wordnet),
        "debian": debian(),
        "made up": sentences(40_000),
    }
    for file in args.text:
        sources[file.stem] = file.read_text(encoding="utf-8").splitlines()
    for name, texts in sources.items():
        before = len(seen)
        for text in texts:
            cut = " ".join(text.split()[:WORDS_MAX])
            if len(cut) > 2:
                seen.add(cut)
        print(name, len(seen) - before)
    lines = sorted(seen)
    random.shuffle(lines)
    args.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
