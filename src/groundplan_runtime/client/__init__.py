"""Clients of the live protocol: groundplan-live.js for browsers, python.py for programs. Both resume without a gap."""
