"""Everything a person sees: citizen, merchant counter and public pages, rendered on the server.

Read in this order: `port.py` (all the pages want from the engine), `urls.py`, `views/`, `templates/web/`.
"""
