"""Reading the forum: `reading` is what pages show, `lookups` what actions need, `rights` what both ask about people.

Each query returns what one page shows, in as many statements for one post as for fifty.
"""
