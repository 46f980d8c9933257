"""The link between a web process and a media node:

Frames, the node's end (`server`) and the web process's end (`dialer`).
"""
