"""What a generated project needs at run time: settings, identity, events, process composition and the runner.

A project carries this package vendored and unedited. It imports nothing of the tool ``groundplan``.
"""

__version__ = "0.1.0"
