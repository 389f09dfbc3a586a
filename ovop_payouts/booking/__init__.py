"""From typed rows to planned entries: everything is decided here before anything is written."""
