"""The media node: mediasoup workers, rooms and peers, served over the link. Imports no Django."""
