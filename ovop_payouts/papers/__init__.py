"""Papers for payees and their groups: many at once, each of them kept where nothing changed."""
