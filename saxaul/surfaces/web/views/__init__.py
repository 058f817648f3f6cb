"""One module per group of pages. A view reads through the port, performs at most one act, and renders or redirects."""
