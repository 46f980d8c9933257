"""Comparing and answering H264 ``profile-level-id`` values.

Built on the ``h264-profile-level-id`` package, with three differences to it: profile High 4:4:4 Predictive (f400xx) is
known, only six hexadecimal digits are accepted (the package reads whatever Python's ``int`` does), and an empty value
means the default profile, as a missing one does.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, cast

import h264_profile_level_id as package

from media.mediasoup.ortc.json_values import is_not_given

_SIX_HEX_DIGITS = re.compile(r"[0-9a-fA-F]{6}")
_PREDICTIVE_HIGH_444: Final = "f400"
_HIGH: Final = "6400"
_NAME: Final = "profile-level-id"
_DEFAULT: Final = "42e01f"


def same_profile(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Tell whether two sets of codec parameters have the same, valid H264 profile. Levels do not matter."""
    profile = _profile(one.get(_NAME))
    return profile is not None and profile == _profile(other.get(_NAME))


def answer_profile_level_id(local: Mapping[str, object], offered: Mapping[str, object]) -> str | None:
    """Return the ``profile-level-id`` to use with parameters of the same profile; None when neither has one.

    The level is the local one when both allow level asymmetry, the lower of the two otherwise. The profiles must be
    the same (``same_profile``).
    """
    local_id, offered_id = local.get(_NAME), offered.get(_NAME)
    if is_not_given(local_id) and is_not_given(offered_id):
        return None
    predictive = isinstance(local_id, str) and local_id.lower().startswith(_PREDICTIVE_HIGH_444)
    answer = package.generateProfileLevelIdForAnswer(
        {**local, _NAME: _known_to_package(local_id)}, {**offered, _NAME: _known_to_package(offered_id)}
    )
    return f"{_PREDICTIVE_HIGH_444}{answer[4:]}" if predictive else cast("str | None", answer)


def _profile(profile_level_id: object) -> str | None:
    if is_not_given(profile_level_id):
        return _parse(_DEFAULT)
    return _parse(profile_level_id) if isinstance(profile_level_id, str) else None


@lru_cache(maxsize=1024)
def _parse(profile_level_id: str) -> str | None:
    """Return a name for the profile, None when the value stands for no profile or no level."""
    if _SIX_HEX_DIGITS.fullmatch(profile_level_id) is None:
        return None
    parsed = package.parseProfileLevelId(_known_to_package(profile_level_id))
    if parsed is None:
        return None
    if profile_level_id.lower().startswith(_PREDICTIVE_HIGH_444):
        return _PREDICTIVE_HIGH_444
    return str(parsed.profile)


def _known_to_package(profile_level_id: object) -> str:
    # High has the same levels as High 4:4:4 Predictive, and neither has level 1b: the one can stand in for the other.
    if not isinstance(profile_level_id, str) or not profile_level_id:
        return _DEFAULT
    if profile_level_id.lower().startswith(_PREDICTIVE_HIGH_444):
        return _HIGH + profile_level_id[4:]
    return profile_level_id
