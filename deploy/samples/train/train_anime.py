"""Trains the sample user and item vectors: anime ratings -> users.npy and items.npy.

Run it from the repository root (it takes about a minute):

  OPENBLAS_NUM_THREADS=1 python3 deploy/samples/train/train_anime.py

Input:  $AKIN_DATA/anime-5k (ratings, history and info). AKIN_DATA defaults to ../shared/data,
        relative to the repository root.
Output: deploy/samples/users.npy, users.txt, items.npy and items.txt: float32 vectors and one
        id a line. The dot product of a user and an item says how much the user would like it.

The model is weighted matrix factorisation by alternating least squares (Hu, Koren and Volinsky,
2008) with the regularisation by frequency of Rendle et al., 2021. A pair of a user and a title
the user has seen has target 1 and a weight that grows with the rating. Every pair, seen or not,
also has target 0 with a small weight.
"""
import argparse
import collections
import gzip
import html
import os
import pathlib
import unicodedata

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("AKIN_DATA", ROOT / "../shared/data")) / "anime-5k"

SEEN = 11  # The place in the matrix of ratings (1..10; 0 = nothing) for "seen, no rating given".
#                  none   1   2   3   4   5   6   7    8    9    10 seen
WEIGHT = np.array([0.0, .1, .1, .1, .2, .3, .5, .8, 1.2, 1.6, 2.0, .5])


def read_table(name):
    """The rows of a tab-separated file under gzip, without its header line."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="\n") as lines:
        return [line.rstrip("\r\n").split("\t") for line in lines][1:]


def read_ratings(info, least):
    """A users x items matrix of 1..10, SEEN and 0, with their numbers in the source. Only users
    and items that have, within the result, at least `least` ratings, and no pornographic title.
    Most rated items first."""
    seen = np.array(read_table("anime_history.dat.gz"), dtype=int)
    rated = np.array(read_table("anime_ratings.dat.gz"), dtype=int)
    ratings = np.zeros((max(seen[:, 0].max(), rated[:, 0].max()) + 1,
                        max(seen[:, 1].max(), rated[:, 1].max()) + 1), np.int8)
    ratings[seen[:, 0], seen[:, 1]] = SEEN
    ratings[rated[:, 0], rated[:, 1]] = rated[:, 2]
    for item, row in info.items():
        if "Hentai" in row[2].split(", "):
            ratings[:, item] = 0
    users, items = map(np.arange, ratings.shape)
    while True:
        is_rating = (ratings > 0) & (ratings != SEEN)
        keep_users, keep_items = is_rating.sum(1) >= least, is_rating.sum(0) >= least
        if keep_users.all() and keep_items.all():
            break
        ratings = ratings[keep_users][:, keep_items]
        users, items = users[keep_users], items[keep_items]
    order = np.argsort(-is_rating.sum(0), kind="stable")
    return ratings[:, order], users, items[order]


def read_titles(info, items):
    """A unique title for each item number, as a person reads it."""
    clean = {item: " ".join(unicodedata.normalize("NFC", html.unescape(info[item][1])).split())
             for item in items}
    shared = collections.Counter(clean.values())
    titles = [title if shared[title] == 1 else f"{title} ({info[item][3]})"
              for item, title in clean.items()]
    assert len(set(titles)) == len(titles), "titles must be unique"
    assert all(0 < len(title.encode()) <= 512 for title in titles)
    return titles


def factorise(ratings, options):
    """Weighted alternating least squares. Returns users x factors and items x factors."""
    rng = np.random.default_rng(options.seed)
    scale = 0.1 / np.sqrt(options.factors)
    users = rng.normal(0, scale, (ratings.shape[0], options.factors))
    items = rng.normal(0, scale, (ratings.shape[1], options.factors))

    def solve(sought, fixed, matrix):
        everything = options.unseen * fixed.T @ fixed
        for row, row_ratings in enumerate(matrix):
            seen = np.flatnonzero(row_ratings)
            weight, factors = WEIGHT[row_ratings[seen]], fixed[seen]
            ridge = options.ridge * (weight.sum() + options.unseen * len(fixed))
            sought[row] = np.linalg.solve(
                factors.T @ (factors * weight[:, None]) + everything
                + ridge * np.eye(options.factors), factors.T @ weight)

    by_item = np.ascontiguousarray(ratings.T)
    for _ in range(options.rounds):
        solve(users, items, ratings)
        solve(items, users, by_item)
    return users.astype(np.float32), items.astype(np.float32)


def hold_out(ratings, seed):
    """Takes a fifth of the titles each user liked (7 or more, and not below the user's mean)
    out of the ratings. Returns the ratings that remain, and what was taken from each user."""
    rng = np.random.default_rng(seed)
    remaining, taken = ratings.copy(), []
    for user, row in enumerate(ratings):
        mean = row[(row > 0) & (row != SEEN)].mean()
        liked = np.flatnonzero((row >= max(7, mean)) & (row != SEEN))
        taken.append(rng.choice(liked, len(liked) // 5, replace=False))
        remaining[user, taken[-1]] = 0
    return remaining, taken


def report(name, scores, remaining, taken):
    """Ranks, for each user, every title outside `remaining`, and looks for those taken away."""
    top = np.argsort(-np.where(remaining > 0, -np.inf, scores), axis=1)[:, :50]
    found = [np.isin(best, out) for best, out in zip(top, taken) if len(out)]
    sizes = [len(out) for out in taken if len(out)]
    recall = np.mean([hits.sum() / min(50, size) for hits, size in zip(found, sizes)])
    print(f"  {name:12} hit rate@10 {np.mean([hits[:10].any() for hits in found]):.4f}  "
          f"hit rate@50 {np.mean([hits.any() for hits in found]):.4f}  "
          f"recall@50 {recall:.4f}  ({len(found)} users)", flush=True)


def write(folder, name, vectors, ids):
    assert len(vectors) == len(ids) == len(set(ids)) and np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1).min() > 0
    np.save(folder / f"{name}.npy", np.ascontiguousarray(vectors))
    (folder / f"{name}.txt").write_bytes("".join(f"{key}\n" for key in ids).encode("utf-8"))
    print(f"{name}: {vectors.shape[0]} x {vectors.shape[1]} {vectors.dtype}")


def main():
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--out", type=pathlib.Path, default=ROOT / "deploy/samples")
    flags.add_argument("--least", type=int, default=10, help="ratings a user or item must have")
    flags.add_argument("--factors", type=int, default=32)
    flags.add_argument("--unseen", type=float, default=0.3, help="weight of target 0, all pairs")
    flags.add_argument("--ridge", type=float, default=0.003)
    flags.add_argument("--rounds", type=int, default=12)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--split-seed", type=int, default=2)
    options = flags.parse_args()
    print(f"numpy {np.__version__}, {options}", flush=True)

    info = {int(row[0]): row for row in read_table("anime_info.dat.gz")}
    ratings, user_numbers, item_numbers = read_ratings(info, options.least)
    print(f"{ratings.shape[0]} users, {ratings.shape[1]} items, "
          f"{((ratings > 0) & (ratings != SEEN)).sum()} ratings, "
          f"{(ratings == SEEN).sum()} seen without a rating", flush=True)

    print("a fifth of the liked titles held out:")
    remaining, taken = hold_out(ratings, options.split_seed)
    popular = ((remaining >= 8) & (remaining != SEEN)).sum(0)
    report("most popular", np.broadcast_to(popular, ratings.shape), remaining, taken)
    users, items = factorise(remaining, options)
    report("this model", users @ items.T, remaining, taken)

    users, items = factorise(ratings, options)
    write(options.out, "users", users, [f"u{number}" for number in user_numbers])
    write(options.out, "items", items, read_titles(info, item_numbers))


if __name__ == "__main__":
    main()
