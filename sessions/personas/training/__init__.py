"""How the model of the routing is trained; only `sessions.personas.train` comes here."""
