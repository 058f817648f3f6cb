"""`python -m saxaul` is the command line."""

from saxaul.surfaces.cli import main

main()
