"""How the tables of events come into a Django database."""
