"""The weights of the models: what exists, where it comes from, proof that it is right."""
