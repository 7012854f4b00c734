"""Rooms on the web: `pages` shows them, `acts` and `acts_written` take what people press."""

from app.consultation.web.pages import routes as routes
