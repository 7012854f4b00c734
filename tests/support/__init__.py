"""What the tests stand on: real servers, real clocks, real browsers. The fixtures are in tests/conftest.py."""
