"""Writing in the forum: `threads` opens spaces and looks after threads, `posts` writes in them, `reading` keeps marks.

Every action: load (held) · ask the rules · change · announce · tell those concerned. The same key twice is one row.
"""
