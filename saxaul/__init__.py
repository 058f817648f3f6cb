"""Saxaul: an open city wallet on one ledger. Start reading at ARCHITECTURE.md."""

__version__ = "0.1.0"
