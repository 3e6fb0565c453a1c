"""sentence-transformers: passages -> npy, and the text as attributes.

    python3 sentence_passages.py FOLDER [MODEL]     see README.md
"""
import json
import pathlib
import sys

import numpy as np
import sentence_transformers
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import StaticEmbedding
from tokenizers import Tokenizer, models, pre_tokenizers

PASSAGES = {"sky": "the sky is blue in the day", "sea": "the sea is salt water",
            "sun": "the sun is a star that warms us", "cat": "a cat hunts mice"}
QUESTIONS = ["what colour is the sky", "is water of the sea salt",
             "which star warms us", "who hunts mice"]


def a_tiny_model():
    """Trained here, as an example without a download: a vector a word."""
    texts = " ".join([*PASSAGES.values(), *QUESTIONS]).split()
    vocabulary = {word: at for at, word in enumerate(dict.fromkeys(texts))}
    vocabulary["[UNK]"] = len(vocabulary)
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    torch.manual_seed(1)
    model = SentenceTransformer(modules=[StaticEmbedding(
        tokenizer, embedding_dim=32)], device="cpu")
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(50):  # each question nearer to its passage than to others
        sides = [model(model.tokenize(side))["sentence_embedding"]
                 for side in (QUESTIONS, list(PASSAGES.values()))]
        loss = torch.nn.functional.cross_entropy(
            sides[0] @ sides[1].T, torch.arange(len(QUESTIONS)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model


folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)
model = (SentenceTransformer(sys.argv[2]) if len(sys.argv) > 2
         else a_tiny_model())
np.save(folder / "passages.npy", model.encode(list(PASSAGES.values())))
np.save(folder / "question.npy", model.encode(QUESTIONS[:1]))
(folder / "passages.txt").write_text("\n".join(PASSAGES) + "\n", "utf-8")
with open(folder / "passages.jsonl", "w", encoding="utf-8") as lines:
    for key, text in PASSAGES.items():  # at most 512 bytes of text
        lines.write(json.dumps({"id": key, "text": text}) + "\n")
table = (f"{folder}/passages.npy,ids={folder}/passages.txt,"
         f"attributes={folder}/passages.jsonl")
print(f"sentence-transformers {sentence_transformers.__version__}")
print(f"akin-server --load rag/passages={table}")
print(f"akin-build --repository repo --model rag --table passages={table}")
