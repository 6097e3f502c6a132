"""Kernels: pure functions on integer codes, compiled by numba on first use and kept in its cache.

Import a kernel's module inside the function that needs it: loading numba takes a second.
"""
