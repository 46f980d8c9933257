"""Taking somebody out of everything that is kept. What others did and wrote stays, without their name."""
