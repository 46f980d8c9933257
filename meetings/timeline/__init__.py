"""How well a meeting went, from its events: series, intervals of trouble, marks and sentences. No Django in here."""
