"""What programs ask as they ask OpenAI: models, completions, responses, embeddings."""
