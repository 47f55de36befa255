"""Makes rate cards of the price lists that AWS publishes: the Bulk API's offer files, the Query API, the pricing pages' feed.

A source yields prices as AWS names them (`listed.py`). The files in `mapping/` say which of them are ours, `tiers.py` makes
whole prices of them, `cards.py` a card for each region.
"""
