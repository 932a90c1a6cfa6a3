"""The weights of the models: what exists, where it comes from, and proof that it is the right file.

Data flows catalogue → pull (wheels, hub, folder) → store → locate. `e5` turns the embedded
embedding model into a sentence-transformers folder.
"""
