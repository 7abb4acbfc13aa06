__all__ = ["public"]
public, other = 1, 2


def climb():
    from .... import too_far
