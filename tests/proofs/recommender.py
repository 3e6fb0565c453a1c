#!/usr/bin/python3
"""Proof: a real recommender. What akin recommends is what numpy would.

Trains matrix factorisation on the anime ratings with one liked title of every
user left out, serves users and items as two tables of one version, and asks for
the 100 best items of each user, those that the user has seen left out. Hit
rate@100, the share of users whose left-out title is among the 100, must be that
of brute force over the same vectors. Users without a vector climb the ladder:
their vector, else their history, else what is popular.

The ratings have no time, so the title left out is a random one (seeded) and not
the last. README.md says what is demanded.
"""
import json
import pathlib
import sys
import tempfile
import time

import served
import numpy as np  # after served, which says so when numpy is missing
import truth

# The trainer of the sample vectors; its docstring says what it does.
sys.path.insert(0, str(served.ROOT / "deploy/samples/train"))
import train_anime  # noqa: E402

K = 100
HISTORY = 200  # titles of a history; a combination has 1,000 terms at most
TOLERANCE = 1e-5  # of a score; scores are about 1
UNKNOWN = "a-title-that-is-not-there"


def leave_one_out(ratings, rng):
    """The ratings without one title that each user liked (7 or more, and not
    below the user's mean), and that title."""
    remaining, left_out = ratings.copy(), np.full(len(ratings), -1)
    for user, row in enumerate(ratings):
        rated = (row > 0) & (row != train_anime.SEEN)
        liked = np.flatnonzero(rated & (row >= max(7, row[rated].mean())))
        if len(liked):
            left_out[user] = rng.choice(liked)
            remaining[user, left_out[user]] = 0
    return remaining, left_out


class Case:
    """Everything about one trained split; users are rows of `seen`."""

    def __init__(self, options):
        rng = np.random.default_rng(options.seed)
        train_anime.DATA = served.data_folder("anime-5k")
        info = {int(row[0]): row
                for row in train_anime.read_table("anime_info.dat.gz")}
        ratings, users, items = train_anime.read_ratings(info, least=10)
        remaining, self.left_out = leave_one_out(ratings, rng)
        cold = np.zeros(len(users), bool)
        cold[rng.choice(len(users), options.cold, replace=False)] = True
        self.warm, self.cold = np.flatnonzero(~cold), np.flatnonzero(cold)
        self.user_ids = [f"u{user}" for user in users]
        self.item_ids = [f"a{item}" for item in items]
        self.item_row = {key: row for row, key in enumerate(self.item_ids)}
        self.seen = remaining > 0
        liked = (remaining >= 8) & (remaining != train_anime.SEEN)
        self.popular = np.argsort(-liked[self.warm].sum(0), kind="stable")
        trained, self.item_vectors = train_anime.factorise(
            remaining[self.warm], options)
        self.user_vectors = dict(zip(self.warm, trained))

    def scores(self, vector, user):
        """Of all items; -inf of those that the user has seen."""
        scores = self.item_vectors.astype(np.float64) @ np.asarray(
            vector, dtype=np.float64)
        scores[self.seen[user]] = -np.inf
        return scores

    def seen_ids(self, user):
        return [self.item_ids[row] for row in np.flatnonzero(self.seen[user])]

    def rows(self, response):
        return np.array([self.item_row[hit.id] for hit in response.hits], int)

    def write(self, folder):
        """The --load of both tables, with an index or without."""
        trained = np.stack([self.user_vectors[user] for user in self.warm])
        users = served.write_table(folder, "users", trained,
                                   [self.user_ids[user] for user in self.warm])
        items = served.write_table(folder, "items", self.item_vectors,
                                   self.item_ids)
        with open(folder / "seen.jsonl", "w", encoding="utf-8") as lines:
            for user in self.warm:
                lines.write(json.dumps({"id": self.user_ids[user],
                                        "seen": self.seen_ids(user)}) + "\n")
        return [f"anime/users={users},metric=dot,index=exact,"
                f"attributes={folder / 'seen.jsonl'}",
                f"anime/items={items},metric=dot,index=graph"]


class Asked:
    """What a way of asking found, user by user."""

    def __init__(self, case, k=K):
        self._case, self._k = case, k
        self.hits, self.right, self.overlaps = [], [], []
        self.faults, self.rungs, self.disagree = [], set(), 0
        self.walked = []

    def add(self, user, vector, response, exact):
        case, rows = self._case, self._case.rows(response)
        scores = case.scores(vector, user)
        self.rungs.add(response.rung)
        self.walked.append(not response.stats.exact)
        self.overlaps.append(truth.overlap(rows, scores, self._k,
                                           TOLERANCE))
        if exact:
            self.faults.append(truth.wrong(
                rows, [hit.score for hit in response.hits], scores, self._k,
                TOLERANCE))
        elif np.isneginf(scores[rows]).any():
            self.faults.append("a seen item is in the answer")
        best, title = truth.top(scores, self._k), case.left_out[user]
        if title < 0:
            return
        self.hits.append(title in rows)
        self.right.append(title in best)
        at_the_border = abs(scores[title] - scores[best[-1]]) <= TOLERANCE
        self.disagree += (self.hits[-1] != self.right[-1]
                          and not at_the_border)

    def line(self, name):
        return [name, str(len(self.overlaps)), np.mean(self.hits),
                np.mean(self.right), np.mean(self.overlaps),
                np.mean(self.walked)]


def ask_warm(case, server, exact, k=K):
    asked = Asked(case, k)
    for user in case.warm:
        query = server.wire.Query()
        query.id.table, query.id.id = "users", case.user_ids[user]
        response = server.search("anime", "items", query, k=k, exact=exact,
                                 exclude_ids=case.seen_ids(user))
        asked.add(user, case.user_vectors[user], response, exact)
    return asked


def seen_by_attribute(case, server, users):
    """Of how many users exclude_from answers otherwise than exclude_ids."""
    different = 0
    for user in users:
        query = server.wire.Query()
        query.id.table, query.id.id = "users", case.user_ids[user]
        by_ids = server.search("anime", "items", query, k=K, exact=True,
                               exclude_ids=case.seen_ids(user))
        seen = server.wire.AttributeIds(item=query.id, attribute="seen")
        by_attribute = server.search("anime", "items", query, k=K, exact=True,
                                     exclude_from=seen)
        different += list(by_ids.hits) != list(by_attribute.hits)
    return different


def ladder(case, server, user, history):
    """The user's vector, else the mean of the history, else the popular."""
    query = server.wire.Query()
    first = query.first_of.queries.add()
    first.id.table, first.id.id = "users", case.user_ids[user]
    mean = query.first_of.queries.add().combination
    mean.method, mean.skip_unknown = 3, True  # COMBINATION_METHOD_MEAN
    for key in history:
        mean.plus.add().id.id = key
    query.first_of.fallback_ids.extend(
        case.item_ids[row] for row in case.popular[:1000])
    return server.search("anime", "items", query, k=K, exact=True,
                         exclude_ids=case.seen_ids(user))


def ask_ladder(case, server, verdict):
    warm, cold = Asked(case), Asked(case)
    fallback_faults, fallback_rungs = [], set()
    for user in case.warm[:200]:
        response = ladder(case, server, user, case.seen_ids(user)[:HISTORY])
        warm.add(user, case.user_vectors[user], response, exact=True)
    for user in case.cold:
        history = np.flatnonzero(case.seen[user])[:HISTORY]
        mean = case.item_vectors[history].astype(np.float64).mean(0)
        keys = [case.item_ids[row] for row in history]
        response = ladder(case, server, user, keys + [UNKNOWN])
        cold.add(user, mean, response, exact=True)
        response = ladder(case, server, user, [UNKNOWN])
        fallback_rungs.add(response.rung)
        right = [row for row in case.popular[:1000]
                 if not case.seen[user][row]][:K]
        if list(case.rows(response)) != right:
            fallback_faults.append("not the most popular unseen titles")
    verdict.all_right(warm.faults, "ladder, rung 1, the user's vector")
    verdict.all_right(cold.faults, "ladder, rung 2, the mean of the history")
    verdict.all_right(fallback_faults, "ladder, rung 3, the fallback list")
    rungs = [warm.rungs, cold.rungs, fallback_rungs]
    verdict.demand(rungs == [{1}, {2}, {3}],
                   f"the replies say the rung: {rungs}")
    return cold


def judge_default(k, asked, least, verdict):
    """Of a search that says nothing about recall: target 0.95."""
    verdict.all_right(asked.faults, f"default, k = {k}: no seen title")
    share = np.mean(asked.overlaps)
    verdict.demand(share >= least,
                   f"default, k = {k}: recall {share:.4f} >= {least}")
    off = abs(np.mean(asked.hits) - np.mean(asked.right))
    verdict.demand(off <= 0.01, f"default, k = {k}: hit rate off by "
                   f"{off:.4f}, at most 0.01")


def popular_hit_rate(case, users):
    def finds(user):
        best = [row for row in case.popular if not case.seen[user][row]][:K]
        return case.left_out[user] in best
    return np.mean([finds(user) for user in users if case.left_out[user] >= 0])


def main():
    options = served.parse_arguments(
        __doc__.splitlines()[0], seed=3, cold=200, factors=32, rounds=8,
        unseen=0.3, ridge=0.003, recall=0.95)
    begin, verdict = time.monotonic(), truth.Verdict("recommender")
    case = Case(options)
    trained = time.monotonic()
    print(f"{len(case.warm)} users, {len(case.item_ids)} items, "
          f"{options.factors} factors; {len(case.cold)} users without a vector")
    with tempfile.TemporaryDirectory() as folder:
        loads = case.write(pathlib.Path(folder))
        with served.Server(options.bin, loads) as server:
            exact = ask_warm(case, server, exact=True)
            default = ask_warm(case, server, exact=False)
            ten = ask_warm(case, server, exact=False, k=10)
            print("demanded:")
            verdict.all_right(exact.faults, "exact: the 100 of numpy")
            verdict.demand(exact.disagree == 0,
                           "exact: the hit rate of numpy, user by user")
            for k, asked in ((K, default), (10, ten)):
                judge_default(k, asked, options.recall, verdict)
            different = seen_by_attribute(case, server, case.warm[:300])
            verdict.demand(different == 0, "exclude_from an attribute: the "
                           "answers of exclude_ids")
            cold = ask_ladder(case, server, verdict)
            verdict.demand(cold.disagree == 0, "ladder, rung 2: the hit rate "
                           "of numpy, user by user")
    rows = [exact.line("exact, k = 100"), default.line("default, k = 100"),
            ten.line("default, k = 10"), cold.line("history, exact, k = 100")]
    print()
    truth.print_table(["asked", "users", "hit rate@k", "numpy's", "recall@k",
                       "walked"], rows)
    print("the most popular for everybody: hit rate@100 "
          f"{popular_hit_rate(case, case.warm):.4f}")
    for name, _, hit_rate, right, share, walked in rows:
        verdict.figures[name] = {"hit_rate": hit_rate, "numpy": right,
                                 "recall": share, "walked": walked}
    verdict.figures.update(
        users=len(case.warm), items=len(case.item_ids),
        train_seconds=round(trained - begin, 1),
        cpu_seconds=round(time.process_time(), 1),
        seconds=round(time.monotonic() - begin, 1))
    return verdict.finish()


if __name__ == "__main__":
    sys.exit(main())
