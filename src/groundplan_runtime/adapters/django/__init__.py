"""What a Django part needs: the identity it exports, the events it writes."""
