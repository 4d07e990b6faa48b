"""What holds for all tests: how long one example takes says nothing, on a machine that others use too."""

from hypothesis import settings

settings.register_profile("calcis", deadline=None)
settings.load_profile("calcis")
