"""What the right answer is, by brute force in float64, and how far one is off.

Scores of a proof are float64 over the very float32 vectors that akin serves.
Two ids whose scores lie within `tolerance` may change places; nothing else may.
"""
import json

import numpy as np


def top(scores, k):
    """The k best rows that are not -inf, best first, equal ones in order."""
    order = np.argsort(-scores, kind="stable")[:k]
    return order[np.isfinite(scores[order])]


def wrong(rows, hit_scores, scores, k, tolerance):
    """Why the hits are not the exact top k of `scores` (-inf: may not be in
    the answer), or None. `rows` are the rows that the hits name."""
    right = top(scores, k)
    if len(rows) != len(right):
        return f"{len(rows)} hits instead of {len(right)}"
    if len(set(rows)) != len(rows):
        return "an id twice"
    if not len(rows):
        return None
    found = scores[rows]
    if not np.isfinite(found).all():
        return f"row {rows[int(np.argmin(found))]} was to be left out"
    off = np.abs(found - np.asarray(hit_scores)).max()
    if off > tolerance:
        return f"a score is off by {off:.2e}"
    if (np.diff(hit_scores) > 0).any():
        return "hits are not sorted by score"
    short = scores[right[-1]] - found.min()
    if short > tolerance:
        return f"a hit is {short:.2e} below the k-th best"
    return None


def overlap(rows, scores, k, tolerance):
    """The share of the k best that is in the answer; one that scores as well
    as the k-th counts as it."""
    right = top(scores, k)
    if not len(right):
        return 1.0
    good = sum(scores[row] >= scores[right[-1]] - tolerance for row in rows)
    return good / len(right)


class Verdict:
    """Collects what a proof demands; prints its tables and its JSON line."""

    def __init__(self, name):
        self.figures = {"proof": name}
        self._misses = []

    def demand(self, holds, what):
        print(f"  {'ok  ' if holds else 'MISS'} {what}", flush=True)
        if not holds:
            self._misses.append(what)

    def all_right(self, faults, what):
        """Demands that `faults`, a list of sentences or None, are all None."""
        faults = [fault for fault in faults if fault]
        self.demand(not faults, what + (f"; {len(faults)} wrong, the first: "
                                        f"{faults[0]}" if faults else ""))

    def finish(self):
        """The process' exit code."""
        self.figures["met"] = not self._misses
        self.figures["misses"] = self._misses
        print(json.dumps(self.figures))
        return 1 if self._misses else 0


def print_table(header, rows):
    """Text to the left, figures to the right."""
    cells = [header] + [[cell if isinstance(cell, str) else f"{cell:.4f}"
                         for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for number, row in enumerate(cells):
        line = [row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("| " + " | ".join(line) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
