"""Handlers of results: the terminal, JSON, Markdown and JUnit. One module each, so that a command loads only what it shows."""
