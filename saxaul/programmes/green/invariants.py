"""What must always be true of green energy, said of balances alone so that anybody can look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saxaul.kernel.assets import kind
from saxaul.programmes.green.common import CO2E, DUE, EXPIRED, GREEN, ISSUER, ISSUER_CO2E

Balances = Iterable[tuple[str, str, int]]


def emission_stays(balances: Balances) -> Iterator[str]:
    """CO2E stands with its issuer and with the persons who avoided it, and nowhere else: it never moved."""
    for address, asset, posted in balances:
        if asset == CO2E and posted and address != ISSUER_CO2E and not address.endswith(":avoided"):
            yield f"{posted} mg of CO2E stand on {address}, where none can come to be"


def energy_is_issued(balances: Balances) -> Iterator[str]:
    """All energy in bubbles, forests, projects and what expired was issued; none was made elsewhere."""
    held = issued = 0
    for address, asset, posted in balances:
        if asset != GREEN:
            continue
        if address.startswith("issuer:"):
            issued -= posted
        else:
            held += posted
    if held != issued:
        yield f"{held} g of energy are held, {issued} g were issued"


def debts_are_persons(balances: Balances) -> Iterator[str]:
    """Energy that is owed is owed by persons to the issuer."""
    for address, asset, posted in balances:
        if asset == DUE and posted and address != ISSUER and not address.endswith(":due"):
            yield f"{posted} g stand as a debt on {address}"


def expired_is_energy(balances: Balances) -> Iterator[str]:
    """Where expired energy stands there is nothing else."""
    for address, asset, posted in balances:
        if address == EXPIRED and posted and kind(asset) != "GREEN":
            yield f"{posted} of {asset} stand on {address}"


INVARIANTS = (
    ("CO2E stands with issuer and persons only", emission_stays),
    ("bubbles + forests + projects + expired = issued energy", energy_is_issued),
    ("energy that is owed is owed by persons", debts_are_persons),
    ("what expired is energy", expired_is_energy),
)
