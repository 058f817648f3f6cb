"""The public API under /v1, generated from the programmes' declarations; it stands in front of the pages."""
