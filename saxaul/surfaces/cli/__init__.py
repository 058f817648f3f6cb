"""`saxaul` in a terminal: install, run, check and repair a house; every act of every programme as a verb."""

from saxaul import app

app.prepare_models()  # the rooms below know the models, which must stand before they are imported

from saxaul.surfaces.cli.main import main  # noqa: E402

__all__ = ["main"]
