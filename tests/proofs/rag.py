#!/usr/bin/python3
"""Proof: retrieval for questions. akin finds the passages that numpy finds.

Three sets of real questions, each with the passage that answers it: XQuAD in
English and in Chinese (paragraphs of Wikipedia) and MedQuAD (medical answers,
cut into pieces of 120 words). Passages and questions are encoded by
text_vectors.py, served under cosine, and searched by akin's index, exactly, and
by brute force in numpy. What is asked for are the 10 best passages; of MedQuAD the
10 best documents, by the best of their pieces (group_by). Recall@k is the share
of questions whose right passage is among the first k. README.md says what is
demanded.
"""
import collections
import gzip
import json
import pathlib
import sys
import tempfile
import time

import served
import numpy as np  # after served, which says so when numpy is missing
import text_vectors
import truth

K = 10
CUTS = (1, 5, 10)
TOLERANCE = 1e-5  # of a cosine
PIECE_WORDS = 120


class TextSet:
    """Passages, each of a document, and questions with their documents."""

    def __init__(self, name, passages, documents, questions, right):
        self.name = name
        self.documents = np.array(documents)  # of each passage
        self.questions, self.right = questions, right
        self.passages = passages
        self.grouped = len(set(documents)) < len(documents)

    def encode(self, encoder):
        self.vectors = encoder(self.passages)
        self.queries = encoder(self.questions)
        # What no encoder knows a word of cannot be searched under cosine.
        kept = np.flatnonzero(np.linalg.norm(self.vectors, axis=1) > 1e-6)
        self.vectors, self.documents = self.vectors[kept], self.documents[kept]
        kept = np.flatnonzero(np.linalg.norm(self.queries, axis=1) > 1e-6)
        self.queries = self.queries[kept]
        self.right = [self.right[row] for row in kept]
        unit = self.vectors.astype(np.float64)
        self._unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)

    def scores(self, query):
        """The cosine of every passage; -inf of all but the best of a
        document."""
        query = query.astype(np.float64)
        scores = self._unit @ (query / np.linalg.norm(query))
        if not self.grouped:
            return scores
        order = np.argsort(-scores, kind="stable")
        _, first = np.unique(self.documents[order], return_index=True)
        best = np.full(len(scores), -np.inf)
        best[order[first]] = scores[order[first]]
        return best


def read_xquad(language):
    file = served.data_folder("xquad") / f"xquad.{language}.json.gz"
    with gzip.open(file, "rt", encoding="utf-8") as text:
        articles = json.load(text)["data"]
    passages, questions, right = [], [], []
    for article in articles:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                questions.append(question["question"])
                right.append({len(passages)})
            passages.append(paragraph["context"])
    return TextSet(f"xquad-{language}", passages, range(len(passages)),
                   questions, right)


def read_medquad(questions, seed):
    """Answers that are the same are one document; a question may have
    several."""
    file = served.data_folder("medquad") / "medquad.jsonl.gz"
    document_of, asked = {}, collections.defaultdict(set)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            pair = json.loads(line)
            document = document_of.setdefault(pair["answer"], len(document_of))
            asked[pair["question"]].add(document)
    passages, documents = [], []
    for answer, document in document_of.items():
        words = answer.split()
        for at in range(0, len(words), PIECE_WORDS):
            passages.append(" ".join(words[at:at + PIECE_WORDS]))
            documents.append(document)
    texts = sorted(asked)
    chosen = np.random.default_rng(seed).choice(
        len(texts), min(questions, len(texts)), replace=False)
    texts = [texts[row] for row in sorted(chosen)]
    return TextSet("medquad", passages, documents, texts,
                   [asked[text] for text in texts])


def write(texts, folder):
    """The --load of the set's table; a passage's id is its number."""
    load = served.write_table(folder, texts.name, texts.vectors,
                              range(len(texts.vectors)))
    attributes = folder / f"{texts.name}.jsonl"
    with open(attributes, "w", encoding="utf-8") as lines:
        for row, document in enumerate(texts.documents):
            lines.write(json.dumps({"id": str(row),
                                    "document": int(document)}) + "\n")
    # A walk over 240 passages of 128 dimensions compares all of them.
    index = "auto" if texts.name == "xquad-zh" else "graph"
    return (f"{texts.name}/passages={load},metric=cosine,index={index},"
            f"attributes={attributes}")


class Found:
    """The ranks of right documents, and how the answers compare with numpy."""

    def __init__(self):
        self.first, self.faults, self.overlaps = [], [], []
        self.walked = []

    def add(self, texts, rows, right):
        ranks = [rank for rank, row in enumerate(rows)
                 if texts.documents[row] in right]
        self.first.append(min(ranks, default=K))

    def recall(self):
        return [float(np.mean(np.array(self.first) < cut)) for cut in CUTS]


def ask(texts, server):
    """What numpy, akin's exact search and its index find."""
    by_numpy, exact, index = Found(), Found(), Found()
    options = {"k": K}
    if texts.grouped:
        options["group_by"] = {"attribute": "document", "most": 1}
    for query, right in zip(texts.queries, texts.right):
        scores = texts.scores(query)
        by_numpy.add(texts, truth.top(scores, K), right)
        wire_query = server.wire.vector(query)
        for found in (exact, index):
            response = server.search(texts.name, "passages", wire_query,
                                     exact=found is exact, **options)
            rows = np.array([int(hit.id) for hit in response.hits], int)
            found.add(texts, rows, right)
            found.walked.append(not response.stats.exact)
            found.overlaps.append(truth.overlap(rows, scores, K, TOLERANCE))
            if found is exact:
                found.faults.append(truth.wrong(
                    rows, [hit.score for hit in response.hits], scores, K,
                    TOLERANCE))
    return by_numpy, exact, index


def judge(texts, by_numpy, exact, index, least, verdict):
    name = texts.name
    verdict.all_right(exact.faults, f"{name}, exact: the 10 of numpy")
    # One question in a thousand: passages that score the same may change
    # places.
    off = max(abs(a - b) for a, b in zip(exact.recall(), by_numpy.recall()))
    verdict.demand(off <= 0.001, f"{name}, exact: recall of the right passage "
                   f"off by {off:.4f}, at most 0.001")
    off = max(b - a for a, b in zip(index.recall(), by_numpy.recall()))
    verdict.demand(off <= 0.02, f"{name}, index: recall of the right passage "
                   f"lower by {off:.4f}, at most 0.02")
    share = np.mean(index.overlaps)
    verdict.demand(share >= least, f"{name}, index: recall@10 of numpy's 10 "
                   f"{share:.4f} >= {least}")


def main():
    options = served.parse_arguments(
        __doc__.splitlines()[0], seed=4, questions=1500, recall=0.95)
    begin, verdict = time.monotonic(), truth.Verdict("rag")
    glove = served.data_folder(
        "glove-6b-50d-200k") / "glove.6B.50d.200k.txt.gz"
    sets = [read_xquad("en"), read_xquad("zh"),
            read_medquad(options.questions, options.seed)]
    for texts in sets:
        encoder = (text_vectors.LatentEncoder(texts.passages)
                   if texts.name == "xquad-zh" else text_vectors.GloveEncoder(
                       glove, texts.passages, texts.questions))
        texts.encode(encoder)
        print(f"{texts.name}: {len(texts.queries)} questions, "
              f"{len(texts.vectors)} passages of "
              f"{len(set(texts.documents))} documents, "
              f"{texts.vectors.shape[1]} dimensions", flush=True)
    encoded = time.monotonic()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        loads = [write(texts, pathlib.Path(folder)) for texts in sets]
        with served.Server(options.bin, loads) as server:
            print("demanded:")
            for texts in sets:
                found = ask(texts, server)
                judge(texts, *found, options.recall, verdict)
                for way, result in zip(("numpy", "akin exact", "akin index"),
                                       found):
                    rows.append([f"{texts.name}, {way}"] + result.recall() +
                                [np.mean(result.overlaps or [1.0]),
                                 np.mean(result.walked or [0.0])])
    print()
    truth.print_table(["asked"] + [f"right@{cut}" for cut in CUTS] +
                      ["numpy's 10", "walked"], rows)
    for name, *recalls, share, walked in rows:
        verdict.figures[name] = {"right": dict(zip(map(str, CUTS), recalls)),
                                 "overlap": share, "walked": walked}
    verdict.figures.update(encode_seconds=round(encoded - begin, 1),
                           cpu_seconds=round(time.process_time(), 1),
                           seconds=round(time.monotonic() - begin, 1))
    return verdict.finish()


if __name__ == "__main__":
    sys.exit(main())
