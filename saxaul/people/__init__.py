"""People and organisations: who they are, their wallets and credentials. Names live here and only here."""
