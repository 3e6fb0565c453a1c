"""Trains the sample word vectors: Wikipedia text -> words.txt.gz.

Run it from the repository root (one worker, so that a seed gives the same vectors again; about
ten minutes):

  PYTHONHASHSEED=0 OPENBLAS_NUM_THREADS=1 python3 deploy/samples/train/train_words.py

Input:  $AKIN_DATA/wiki-en-text/wiki-en-2014-part.jsonl.gz, and, for the report only,
        $AKIN_DATA/word-eval/questions-words.txt. AKIN_DATA defaults to ../shared/data,
        relative to the repository root.
Output: deploy/samples/words.txt.gz, word2vec text format: a header "rows dimensions", then
        one word and its numbers a line, the most frequent word first.
"""
import argparse
import gzip
import json
import os
import pathlib
import re
import sys
import tempfile
import time

import gensim
import numpy as np
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("AKIN_DATA", ROOT / "../shared/data"))
ARTICLES = "wiki-en-text/wiki-en-2014-part.jsonl.gz"
QUESTIONS = "word-eval/questions-words.txt"

# Initials (u.s.), numbers (1,000 or 3.5), or letters and digits with apostrophes inside (o'brien).
TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+(?:'[^\W_]+)*")
POSSESSIVE = re.compile(r"'s$")
MARKUP = re.compile(r"<[^>]{0,200}>|&[a-z]+;|https?://\S+")


def tokens(paragraph):
    """The words of one paragraph, in lower case, without punctuation and possessive 's."""
    text = MARKUP.sub(" ", paragraph).replace("\u2019", "'").lower()
    return [POSSESSIVE.sub("", token) for token in TOKEN.findall(text)]


def write_corpus(articles_path, corpus):
    """Writes one paragraph a line, words separated by spaces. Returns the number of words."""
    count = 0
    with gzip.open(articles_path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for paragraph in json.loads(line)["text"].split("\n"):
                words = tokens(paragraph)
                if len(words) > 1:  # A single word is a heading.
                    corpus.write(" ".join(words) + "\n")
                    count += len(words)
    corpus.flush()
    return count


def write_vectors(path, words, vectors, decimals):
    """Word2vec text format under gzip. The same input gives the same bytes."""
    with open(path, "wb") as raw, gzip.GzipFile(
            filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as out:
        out.write(f"{len(words)} {vectors.shape[1]}\n".encode())
        for word, vector in zip(words, vectors):
            numbers = " ".join(f"{x:.{decimals}f}" for x in vector)
            out.write(f"{word} {numbers}\n".encode())


def read_vectors(path):
    """What write_vectors wrote: the words, and a float32 array."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        rows, dimensions = map(int, next(lines).split())
        words, vectors = [], np.empty((rows, dimensions), np.float32)
        for row, line in enumerate(lines):
            word, *numbers = line.rstrip("\n").split(" ")
            words.append(word)
            vectors[row] = [float(x) for x in numbers]
    assert len(words) == rows
    return words, vectors


def check(words, vectors):
    assert len(set(words)) == len(words), "words must be unique"
    assert all(0 < len(word.encode()) <= 512 for word in words)
    assert np.isfinite(vectors).all() and np.linalg.norm(vectors, axis=1).min() > 0


def report_analogies(path, words, vectors):
    """Google analogy set by 3CosAdd: the share of questions whose best word, the three of the
    question left out, is the expected one. Questions with a word outside `words` are left out."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    row_of = {word: row for row, word in enumerate(words)}
    groups, asked = {}, 0
    for line in path.read_text(encoding="utf-8").lower().splitlines():
        if line.startswith(":"):
            group = groups.setdefault(line[2:], [])
            continue
        asked += 1
        if all(word in row_of for word in line.split()):
            group.append([row_of[word] for word in line.split()])
    totals = {"semantic": [0, 0], "syntactic": [0, 0], "all": [0, 0]}
    for name, questions in groups.items():
        if not questions:
            continue
        a, b, c, d = np.array(questions).T
        right = 0
        for start in range(0, len(a), 256):
            part = slice(start, start + 256)
            scores = (unit[b[part]] - unit[a[part]] + unit[c[part]]) @ unit.T
            each = np.arange(scores.shape[0])
            for given in (a, b, c):
                scores[each, given[part]] = -np.inf
            right += int((scores.argmax(axis=1) == d[part]).sum())
        print(f"  {name:28} {right:5} of {len(a):5}  {right / len(a):.3f}")
        for total in ("all", "syntactic" if name.startswith("gram") else "semantic"):
            totals[total][0] += right
            totals[total][1] += len(a)
    for total, (right, count) in totals.items():
        print(f"  {total:28} {right:5} of {count:5}  {right / count:.4f}")
    print(f"  {totals['all'][1]} of {asked} questions have all four words in the vocabulary")


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--out", type=pathlib.Path, default=ROOT / "deploy/samples/words.txt.gz")
    flags.add_argument("--rows", type=int, default=20000)
    flags.add_argument("--dimensions", type=int, default=64)
    flags.add_argument("--sg", type=int, default=0, help="1 skip-gram, 0 CBOW")
    flags.add_argument("--window", type=int, default=8)
    flags.add_argument("--negative", type=int, default=20)
    flags.add_argument("--sample", type=float, default=1e-4)
    flags.add_argument("--min-count", type=int, default=5)
    flags.add_argument("--alpha", type=float, default=0.05)
    flags.add_argument("--epochs", type=int, default=15)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--decimals", type=int, default=3)
    options = flags.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        sys.exit("set PYTHONHASHSEED=0, or the result is not reproducible")
    print(f"gensim {gensim.__version__}, numpy {np.__version__}, {options}", flush=True)

    started = time.time()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as corpus:
        count = write_corpus(DATA / ARTICLES, corpus)
        print(f"{count} words of text, {time.time() - started:.0f} s", flush=True)
        model = Word2Vec(
            LineSentence(corpus.name), vector_size=options.dimensions, sg=options.sg,
            window=options.window, negative=options.negative, sample=options.sample,
            min_count=options.min_count, alpha=options.alpha, epochs=options.epochs,
            seed=options.seed, workers=1)
    print(f"{len(model.wv)} words trained, {time.time() - started:.0f} s", flush=True)

    write_vectors(options.out, model.wv.index_to_key[:options.rows],
                  model.wv.vectors[:options.rows], options.decimals)
    words, vectors = read_vectors(options.out)
    check(words, vectors)
    norms = np.linalg.norm(vectors, axis=1)
    print(f"{len(words)} x {vectors.shape[1]}, {options.out.stat().st_size} bytes, lengths "
          f"{norms.min():.2f} to {norms.max():.2f}, least frequent word seen "
          f"{model.wv.get_vecattr(words[-1], 'count')} times")
    report_analogies(DATA / QUESTIONS, words, vectors)


if __name__ == "__main__":
    main()
