"""The operator's console: everything the book says, read-only, and every change a button that posts an act.

`app.pages` hands `apps=console.APPS, urlconf=console.URLCONF` to `pages.configure`; the port it hands in bears `house`
with the declarations and the terms, from which forms and pages here are made.
"""

APPS = [  # our own first: a few of unfold's templates are replaced
    "saxaul.surfaces.console.apps.ConsoleConfig", "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
]  # fmt: skip
URLCONF = "saxaul.surfaces.console.urls"
