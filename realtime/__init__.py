"""The loudspeaker: holds open connections, passes on news and whispers, decides nothing."""
