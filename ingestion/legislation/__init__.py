"""Official sources of law (LEGI archives, the Légifrance API), merged into the library."""
