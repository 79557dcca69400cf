"""Starts a project's processes, waits until they are ready, keeps their logs and stops them all."""
