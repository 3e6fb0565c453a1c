"""PyTorch nn.Embedding: users and items -> one safetensors file. See README.md.

    python3 torch_embedding.py FOLDER
"""
import pathlib
import sys

import torch
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)
torch.manual_seed(1)

# Stands for your training: users 0..199 like items of their own tenth.
users, items, factors = 200, 100, 16
user_ids = [f"user-{number}" for number in range(users)]
item_ids = [f"item-{number}" for number in range(items)]
user_table = torch.nn.Embedding(users, factors)
item_table = torch.nn.Embedding(items, factors)
optimiser = torch.optim.Adam(
    [*user_table.parameters(), *item_table.parameters()], lr=0.05)
for _ in range(200):  # Bayesian personalised ranking
    user = torch.randint(users, (512,))
    liked = user % 10 * 10 + torch.randint(10, (512,))
    other = torch.randint(items, (512,))
    margin = (user_table(user) * (item_table(liked) - item_table(other))).sum(1)
    loss = -torch.nn.functional.logsigmoid(margin).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

# Of a trained model: model.state_dict()["items.weight"]. Not torch.save(): that
# is a pickle, which akin never reads. Half precision (.half()) is read too.
file = folder / "model.safetensors"
save_file({"users": user_table.weight.detach().contiguous(),
           "items": item_table.weight.detach().contiguous()}, file)
(folder / "users.txt").write_text("\n".join(user_ids) + "\n", encoding="utf-8")
(folder / "items.txt").write_text("\n".join(item_ids) + "\n", encoding="utf-8")

print(f"torch {torch.__version__}: loss {loss.item():.3f}")
tables = [f"{name}={file},tensor={name},ids={folder / name}.txt"
          for name in ("users", "items")]
print("akin-server " + " ".join(f"--load taste/{table},metric=dot"
                                for table in tables))
print("akin-build --repository repo --model taste --metric dot "
      + " ".join(f"--table {table}" for table in tables))
