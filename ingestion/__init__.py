"""From files to a published index: readers, passages, embedding, generations, weights."""
