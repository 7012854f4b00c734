"""All pages of events. Their handlers stand in the modules beside this one, by what they are about."""

from app.events import (
    web_archive,
    web_glossary,
    web_house,
    web_letters,
    web_manage,
    web_members,
    web_people,
    web_programme,
    web_public,
    web_today,
)

# /events/new comes before /events/{event}
PARTS = (
    web_house,
    web_manage,
    web_archive,
    web_programme,
    web_members,
    web_letters,
    web_public,
    web_today,
    web_people,
    web_glossary,
)
routes = [route for part in PARTS for route in part.routes]
