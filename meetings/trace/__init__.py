"""The event stream: what happened at each step of a join attempt, told by the page, this process and the media node.

One stream (`MeetingEvent` rows) with many readers: waterfalls, verdicts, timelines.
"""
