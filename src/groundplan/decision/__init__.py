"""Which architecture fits a brief, and why. Pure: no file, clock, socket or terminal is touched here."""
