"""Public data asked of the portals that publish them, on request only."""
