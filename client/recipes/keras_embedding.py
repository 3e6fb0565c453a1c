"""TensorFlow, Keras Embedding: words -> one npz file. See README.md.

    python3 keras_embedding.py FOLDER
"""
import pathlib
import sys

import numpy as np
import tensorflow as tf

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "trained")
folder.mkdir(parents=True, exist_ok=True)
tf.keras.utils.set_random_seed(1)

# Stands for your training: is a review good?
texts = ["a fine film", "a great film", "great and fine acting", "a fine story",
         "a dull film", "a boring film", "dull and boring acting",
         "a dull story"]
good = np.array([1, 1, 1, 1, 0, 0, 0, 0])
words = tf.keras.layers.TextVectorization(output_sequence_length=6)
words.adapt(texts)
vocabulary = words.get_vocabulary()
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(len(vocabulary), 16, mask_zero=True,
                              name="words"),
    tf.keras.layers.GlobalAveragePooling1D(),
    tf.keras.layers.Dense(1, activation="sigmoid")])
model.compile(tf.keras.optimizers.Adam(0.05), "binary_crossentropy")
history = model.fit(words(tf.constant(texts)), good, epochs=30, verbose=0)

# Rows 0 and 1 are the padding and the unknown word: no ids of anything, and the
# empty text is refused as one.
vectors = model.get_layer("words").get_weights()[0][2:]
file = folder / "words.npz"
np.savez(file, ids=np.array(vocabulary[2:]), vectors=vectors)

print(f"tensorflow {tf.__version__}: {vectors.shape[0]} words, loss "
      f"{history.history['loss'][-1]:.3f}")
print(f"akin-server --load reviews/words={file}")
print(f"akin-build --repository repo --model reviews --table words={file}")
