"""How tests/media is made: drawings, metadata blocks, videos and the table of the practice library."""
