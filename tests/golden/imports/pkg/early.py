print("early", __name__, __package__)
VALUE = "early value"
