"""Property tests without a deadline: how long one example takes says more about the machine's neighbours than about us."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
