"""`saxaul` in a terminal: install, run, check and repair a house; every act of every programme as a verb."""

from saxaul.surfaces.cli.main import main

__all__ = ["main"]
