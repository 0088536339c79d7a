"""A small deployKF on loopback, made of real parts: for the demo and for tests.

Not part of the wheel.
"""
