"""From what was seen of a join to what is wrong with it: pure rules, without database, network or clock."""
