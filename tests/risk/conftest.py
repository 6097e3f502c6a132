"""Property tests of this room count rows, not milliseconds: how long an example takes depends on who else is busy."""

from hypothesis import settings

settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
