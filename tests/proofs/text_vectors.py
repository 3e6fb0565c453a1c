"""Text -> vectors, for the proof of retrieval: no model to download.

Two encoders. `GloveEncoder` is smooth inverse frequency (Arora, Liang and Ma,
2017): the weighted mean of GloVe's word vectors, rare words weighing more, less
the direction that all passages share. `LatentEncoder` is latent semantic
analysis (Deerwester et al., 1990) of pairs of neighbouring characters, which
needs no words and so does Chinese; it is trained on the passages.
"""
import collections
import gzip
import re

import numpy as np


def words_of(text):
    return re.findall(r"[a-z]+|[0-9]+", text.lower())


def pairs_of(text):
    text = re.sub(r"\s+", "", text)
    return [text[at:at + 2] for at in range(len(text) - 1)]


class GloveEncoder:
    SMOOTH = 1e-3  # the paper's a

    def __init__(self, file, passages, questions):
        counts = collections.Counter()
        for text in passages:
            counts.update(words_of(text))
        total = sum(counts.values())
        wanted = set(counts)
        for text in questions:
            wanted.update(words_of(text))
        self._vectors = {}
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                word, numbers = line.split(" ", 1)
                if word in wanted:
                    weight = self.SMOOTH / (self.SMOOTH + counts[word] / total)
                    self._vectors[word] = weight * np.array(
                        numbers.split(), dtype=np.float64)
        means = np.stack([self._mean(text) for text in passages])
        _, vectors = np.linalg.eigh(means.T @ means)
        self._shared = vectors[:, -1]

    def _mean(self, text):
        known = [self._vectors[word] for word in words_of(text)
                 if word in self._vectors]
        return np.mean(known, axis=0) if known else np.zeros(50)

    def __call__(self, texts):
        means = np.stack([self._mean(text) for text in texts])
        means -= np.outer(means @ self._shared, self._shared)
        return means.astype(np.float32)


class LatentEncoder:
    def __init__(self, passages, dimension=128):
        self._column = {}
        documents = collections.Counter()
        for text in passages:
            documents.update(set(pairs_of(text)))
        for pair in documents:
            self._column[pair] = len(self._column)
        self._weights = np.log(len(passages) / np.array(
            [documents[pair] for pair in self._column]))
        counts = self._counts(passages)
        values, vectors = np.linalg.eigh(counts @ counts.T)
        keep = np.argsort(-values)[:dimension]
        self._axes = counts.T @ vectors[:, keep] / np.sqrt(values[keep])

    def _counts(self, texts):
        counts = np.zeros((len(texts), len(self._column)))
        for row, text in enumerate(texts):
            for pair, count in collections.Counter(pairs_of(text)).items():
                column = self._column.get(pair)
                if column is not None:
                    counts[row, column] = 1 + np.log(count)
        counts *= self._weights
        norms = np.linalg.norm(counts, axis=1, keepdims=True)
        return counts / np.maximum(norms, 1e-12)

    def __call__(self, texts):
        return (self._counts(texts) @ self._axes).astype(np.float32)
