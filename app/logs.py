"""Log lines: readable in a terminal, JSON where a machine collects them. Never a name, an address or a text of a person."""

import asyncio
import logging
import sys

import structlog


def set_up(*, level: str, form: str) -> None:
    """`form`: "text" or "json". The servers' own loggers speak through the standard library, from warnings up."""
    number = logging.getLevelNamesMapping()[level.upper()]
    # Tracebacks without the values of variables: those are people's letters, names and texts.
    traces = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
    as_json = [traces, structlog.processors.JSONRenderer()]
    as_text = [
        structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
    ]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(as_json if form == "json" else as_text),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_no_end)


def _no_end(record: logging.LogRecord) -> bool:
    """That a stop cut off a connection on its way back to the pool is no error: it is thrown away, what was stored is stored."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))
