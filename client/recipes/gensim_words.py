"""gensim: trained word vectors -> word2vec binary. See README.md.

    python3 gensim_words.py FOLDER
"""
import pathlib
import sys

import gensim
from gensim.models import Word2Vec
from gensim.test.utils import common_texts  # nine short sentences

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)

# Stands for your training: Word2Vec, FastText and Doc2Vec all have `.wv`, and
# gensim.downloader.load(...) returns the KeyedVectors themselves.
model = Word2Vec(common_texts, vector_size=32, min_count=1, epochs=50, seed=1,
                 workers=1)

# Binary keeps every bit; text (binary=False) is four times as large and slower
# to read. Not model.save(): that is a pickle, which akin never reads.
file = folder / "words.bin"
model.wv.save_word2vec_format(str(file), binary=True)

print(f"gensim {gensim.__version__}: {len(model.wv)} words, for example "
      f"{model.wv.index_to_key[:3]}")
print(f"akin-server --load words/words={file}")
print(f"akin-build --repository repo --model words --table words={file}")
