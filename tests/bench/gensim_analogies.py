#!/usr/bin/python3
"""Answers analogy QUESTIONS with gensim and prints which it got right, as JSON.

Only gensim's own evaluation, with its defaults: case does not matter, the first
300,000 words, questions with unknown words are skipped.
"""
import argparse
import json
import time

from gensim.models import KeyedVectors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vectors", help="GloVe text, plain or .gz")
    parser.add_argument("questions")
    options = parser.parse_args()

    vectors = KeyedVectors.load_word2vec_format(
        options.vectors, binary=False, no_header=True)
    begin = time.perf_counter()
    accuracy, sections = vectors.evaluate_word_analogies(options.questions)
    seconds = time.perf_counter() - begin
    print(json.dumps({
        "accuracy": accuracy,
        "seconds": seconds,
        # The last section is the sum of the others.
        "sections": [{
            "name": section["section"],
            "questions": len(section["correct"]) + len(section["incorrect"]),
            "correct": [" ".join(q).lower() for q in section["correct"]],
        } for section in sections[:-1]],
    }))


main()
