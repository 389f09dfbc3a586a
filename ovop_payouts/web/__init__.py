"""The web: Fava behind a login, with our pages in it (contract §7)."""
