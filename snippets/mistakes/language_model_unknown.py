"""A character that occurs in no text: it has no number."""
# raises: ValueError

if __name__ == "__main__":
    # --8<-- [start:unknown]
    vocabulary = sorted(set("to be, or not to be"))
    print([vocabulary.index(character) for character in "beer"])
    print([vocabulary.index(character) for character in "bread"])
    # --8<-- [end:unknown]
