"""implicit: users and items of alternating least squares -> npy. See README.md.

    python3 implicit_items.py FOLDER
"""
import pathlib
import sys

import implicit
import numpy as np
import scipy.sparse
from implicit.als import AlternatingLeastSquares

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)

# Stands for your data: who listened to what how often. Users 0..199 mostly play
# what belongs to their own tenth.
random = np.random.default_rng(1)
user = np.repeat(np.arange(200), 20)
item = np.where(random.random(len(user)) < 0.8,
                user % 10 * 10 + random.integers(10, size=len(user)),
                random.integers(100, size=len(user)))
plays = scipy.sparse.csr_matrix((np.ones(len(user), np.float32), (user, item)))

model = AlternatingLeastSquares(factors=16, iterations=10, random_state=1,
                                use_gpu=False)
model.fit(plays, show_progress=False)

# Factors of a GPU: model.user_factors.to_numpy(). What a score is: the dot
# product, so metric=dot. (A BPR model's bias is a column of both, and fits.)
for name, vectors in (("users", model.user_factors),
                      ("items", model.item_factors)):
    np.save(folder / f"{name}.npy", vectors)
    ids = [f"{name[:-1]}-{number}" for number in range(len(vectors))]
    (folder / f"{name}.txt").write_text("\n".join(ids) + "\n", "utf-8")

print(f"implicit {implicit.__version__}: {model.item_factors.shape[0]} items")
tables = [f"{name}={folder / name}.npy,ids={folder / name}.txt"
          for name in ("users", "items")]
print("akin-server " + " ".join(f"--load music/{table},metric=dot"
                                for table in tables))
print("akin-build --repository repo --model music --metric dot "
      + " ".join(f"--table {table}" for table in tables))
