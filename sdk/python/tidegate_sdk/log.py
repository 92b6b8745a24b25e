"""Lines for the pipeline's log, under the plugin's name. Too many are left out and counted."""

from wit_world.imports import log

_hosted = False


def debug(message: str) -> None:
    """Writes a line that matters when something is looked into."""
    _line(log.Level.DEBUG, message)


def info(message: str) -> None:
    """Writes a line."""
    _line(log.Level.INFO, message)


def warn(message: str) -> None:
    """Writes a line that somebody should look at."""
    _line(log.Level.WARN, message)


def error(message: str) -> None:
    """Writes a line about something that is wrong."""
    _line(log.Level.ERROR, message)


def _line(level: log.Level, message: str) -> None:
    # Outside of a host, in a unit test, nobody listens.
    if _hosted:
        log.write(level, str(message))
