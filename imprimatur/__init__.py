"""Front door: composes the rooms, decides nothing."""

__version__ = "0.1.0"
