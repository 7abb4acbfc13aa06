import sys


class Other:
    attr = "replaced"


sys.modules[__name__] = Other()
