"""A participant without a browser.

It speaks the signalling contract over HTTP and WebSocket and nothing else: it imports no models, no settings
and no Django, so it can run on any machine that reaches the site. It sends a picture and a tone that can be
recognised at the other side, and measures what it receives.

pymediasoup pulls in a whole media stack, so nothing in the web process or the media node may import this package.
"""
