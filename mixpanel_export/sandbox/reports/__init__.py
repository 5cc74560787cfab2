"""What reports are made of, computed from decoded events: periods, totals, segments, tables of text.

Pure: nothing here reads a request or makes an answer, which is the endpoints' business.
"""
