"""A module beside the script."""

X = 1
_private = 2


def deep():
    return deeper()


def deeper():
    raise ValueError("deep")


class Kind:
    pass
