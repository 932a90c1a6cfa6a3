"""Small networks that read text (the embedder, the reading model), and how they are taught."""
