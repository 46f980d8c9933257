"""Each fault that the rules of verdicts know, really caused: the right sentence stands in the page, in the admin and in
`media_doctor`, within ten seconds.
"""
