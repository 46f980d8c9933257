"""Files that people share in a meeting's chat: what kind they are, what they are called, whether they are harmless, and
where they lie.
"""
