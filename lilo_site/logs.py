"""Structured log lines, each with the trace id of the request, turn or task it belongs to."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from uuid import uuid4

import structlog

trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def new_trace_id() -> str:
    """A fresh trace id, 32 hexadecimal digits, made the current one."""
    fresh = uuid4().hex
    trace_id.set(fresh)
    return fresh


def _add_trace(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if current := trace_id.get():
        event.setdefault("trace_id", current)
    return event


def formatter(*, as_json: bool) -> logging.Formatter:
    """The formatter of every handler: JSON for machines, plain lines for people."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,  # the default prints local variables: people's words
        )
    )
    last_steps: list[structlog.types.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last_steps.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last_steps, last])
