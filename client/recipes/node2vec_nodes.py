"""node2vec: nodes of a graph -> word2vec binary. See README.md.

    python3 node2vec_nodes.py FOLDER
"""
import importlib.metadata
import pathlib
import sys

import networkx
from node2vec import Node2Vec

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)

# Stands for your graph: the 34 members of a karate club that split in two
# (Zachary 1977).
graph = networkx.karate_club_graph()
walks = Node2Vec(graph, dimensions=32, walk_length=20, num_walks=50, workers=1,
                 quiet=True, seed=1)
model = walks.fit(window=5, min_count=1, epochs=2, seed=1)

# What fit returns is a gensim model; a node's id is str(node).
file = folder / "nodes.bin"
model.wv.save_word2vec_format(str(file), binary=True)

near = [key for key, _ in model.wv.most_similar("0", topn=3)]
print(f"node2vec {importlib.metadata.version('node2vec')}: {len(model.wv)} "
      f"nodes, near node 0: {near}")
print(f"akin-server --load club/nodes={file}")
print(f"akin-build --repository repo --model club --table nodes={file}")
