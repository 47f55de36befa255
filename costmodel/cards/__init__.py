"""Rate cards for their own sake: what one says, how two differ, what one lacks. Nothing here prices usage or prints."""
