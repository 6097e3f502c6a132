"""Disclosure risk: what a table reveals about the people in it."""

from core.risk.assessment import Risk, assess

__all__ = ["Risk", "assess"]
