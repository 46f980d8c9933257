"""A join attempt as a waterfall: each event of both sides in order, and how long each took. No Django in here."""
