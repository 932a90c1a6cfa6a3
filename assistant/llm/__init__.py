"""The language model: its seam and prompts, the local engine, and the queue before it."""
