"""From files to a published index: readers, passages, embedding, snapshots, weights."""
