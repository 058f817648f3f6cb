"""Benchmarks: what the house reaches, measured beside its peers in one run."""
