#!/usr/bin/python3
"""Reads FILE once with gensim and prints what it cost as JSON.

The counterpart of `akin-bench load-once`: the same figures, of the same part
(the loading call alone, not the interpreter's start or gensim's import).
"""
import argparse
import json
import time

from gensim.models import KeyedVectors


def memory_of_this_process(field):
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--binary", action="store_true")
    options = parser.parse_args()

    rss_before = memory_of_this_process("VmRSS")
    cpu = time.process_time()
    begin = time.perf_counter()
    vectors = KeyedVectors.load_word2vec_format(
        options.file, binary=options.binary, no_header=not options.binary)
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - cpu
    print(json.dumps({
        "rows": len(vectors),
        "dimension": vectors.vector_size,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "rss_before_bytes": rss_before,
        "peak_bytes": memory_of_this_process("VmHWM"),
    }))


main()
