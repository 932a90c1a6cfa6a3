"""The index: searches, stores, snapshots built aside, verified, then published."""
