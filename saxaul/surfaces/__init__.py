"""The only place that knows HTTP, HTML or a terminal; each surface turns what it hears into asks."""
