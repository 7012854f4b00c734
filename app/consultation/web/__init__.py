"""Rooms on the web: `pages` shows them, `acts` and `acts_written` take what people press."""

from app.consultation.web import method_parts, methods, pages

routes = [*pages.routes, *methods.routes, *method_parts.routes]
