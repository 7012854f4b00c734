"""What an event looks like as a whole: participation, short surveys. Never a score of one person."""
