"""Setting up a checkout: Debian packages, .venv, node_modules, the worker binary, the browser bundle.

`python3 -m setup run|lint|test|cluster` does what that target needs and has not been done yet. Standard library only.
"""
