print("late", __name__)
from .sub import deep as below
