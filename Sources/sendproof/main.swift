print("sendproof")
