"""Numbers as people read them."""


def bitrate(kbps: float) -> str:
    """From thousands of bits in a second: `840 kbit/s`, `1.2 Mbit/s`."""
    if kbps >= 999.5:
        return f"{kbps / 1000:.1f} Mbit/s".replace(".0 Mbit", " Mbit")
    return f"{kbps:.0f} kbit/s"


def percent(share: float) -> str:
    """From a share of one: `0 %`, `0.4 %`, `12 %`."""
    value = share * 100
    return f"{value:.1f} %".replace(".0 %", " %") if 0.05 <= value < 9.95 else f"{value:.0f} %"


def milliseconds(value: float) -> str:
    """`24 ms`, `1.3 s`, `2 min 5 s`."""
    return f"{value:.0f} ms" if value < 999.5 else seconds(value / 1000)


def seconds(value: float) -> str:
    """`0.4 s`, `12 s`, `2 min 5 s`, `1 h 4 min`. Less than ten with a tenth, where there is one."""
    if value < 9.95:
        return f"{value:.1f} s".replace(".0 s", " s")
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(value / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def lines(height: float) -> str:
    """The height of a picture: `720p`."""
    return f"{height:.0f}p"


def counted(number: int, one: str, many: str) -> str:
    """`1 interval`, `3 intervals`."""
    return f"{number} {one if number == 1 else many}"


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
