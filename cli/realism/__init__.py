"""How like people the city is: stylised facts of human behaviour, measured on the files of `luna generate`."""
