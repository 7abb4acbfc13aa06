Y = "namespace"
