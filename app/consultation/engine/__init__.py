"""The engine: a method (data) and the people with their state in, the room after it out. Pure: no rows, no clock, no socket.

`method` read by `reading`, `checking`, `library` · `state`, `cast` and together `room` · what may be done: `rules`, `floor`,
`clock`, `leading`, `queue`, `votes`, in writing `steps`, `pace` · who sees and may write what: `sight` · in words: `part`.
"""
