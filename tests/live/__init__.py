"""The product held in hand for tests and benchmarks: its real server, a wire that can be cut, and real browser
windows.
"""
