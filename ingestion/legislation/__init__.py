"""French law: references, versions of articles, and official sources merged into the library."""
