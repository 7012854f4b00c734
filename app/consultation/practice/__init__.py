"""The practice room: `scripts` say what simulated peers bring along, `peers` what they do next, `drill` what goes wrong."""
