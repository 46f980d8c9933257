"""Accounts: signing up and in, settings, invitations. allauth does the work; what is here says how it is done on this
site.
"""
